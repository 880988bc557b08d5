"""One conversation: a message goes in, the events of its turn come out."""

from warmchat.session.chat import ChatSession
from warmchat.session.rules import ContextUse, SessionRules

__all__ = ["ChatSession", "ContextUse", "SessionRules"]
