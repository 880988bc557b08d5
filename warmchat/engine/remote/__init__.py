"""An engine elsewhere: any server that speaks the OpenAI chat API, behind the same protocol as the one in a process."""

from warmchat.engine.remote.config import RemoteConfig, checked_address
from warmchat.engine.remote.engine import RemoteEngine

__all__ = ["RemoteConfig", "RemoteEngine", "checked_address"]
