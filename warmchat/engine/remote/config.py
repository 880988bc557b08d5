"""What a remote engine is told, as plain values, and the checks on its address. The network is not touched here."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from warmchat.domain.errors import SettingsError

# Names that people give to machines in their own network; none of them is handed out on the internet.
_OWN_NETWORK = (".local", ".lan", ".home", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class RemoteConfig:
    """How to reach one server. Times are seconds.

    Attributes:
        base_url: address of the API, usually ending in ``/v1``.
        model: name of the model; empty takes the first that the server offers.
        api_key: sent as a bearer token; empty sends none. It is in no message, log or ``repr``.
        key_variable: the environment variable that the key was read from, for hints.
        n_ctx: tokens that the window holds; 0 asks the server.
        parallel: how many replies may be made at once.
        connect_s: to reach the machine. answer_s: to answer a question about itself.
        first_token_s: from the request to the first text (reading a long prompt takes its time).
        between_s: from one piece of text to the next.
        retries: how often a request is repeated that failed before any text came; never after.
        backoff_s: pause before the first repetition; it doubles each time.
    """

    base_url: str
    model: str = ""
    api_key: str = field(default="", repr=False)
    key_variable: str = "WARMCHAT_REMOTE_KEY"
    n_ctx: int = 0
    parallel: int = 1
    connect_s: float = 10.0
    answer_s: float = 20.0
    first_token_s: float = 180.0
    between_s: float = 60.0
    retries: int = 2
    backoff_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address.

    Attributes:
        base: the API, without a trailing slash. root: the same without ``/v1``; servers keep their extras there.
        place: host and port, for messages.
        loopback: this machine. private: this machine or its own network.
    """

    base: str
    root: str
    place: str
    encrypted: bool
    loopback: bool
    private: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about where the text goes; nothing for this machine."""
        if self.loopback:
            return ()
        said = f"Replies are made at {self.place}: what you write is sent there"
        if not self.encrypted and not self.private:
            return (f"{said}, unencrypted (the address begins with http, not https)",)
        return (said,)


def checked_address(url: str) -> Address:
    """The address that `url` names.

    Raises:
        SettingsError: it is no http or https address, or carries a name, a password or a query. What is refused for
            what it may contain is not repeated in the message.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SettingsError("The remote address cannot be read", "it looks like http://localhost:8080/v1") from None
    if "@" in parts.netloc or "\\" in url:
        raise SettingsError(
            "The remote address holds a user name or a password", "leave it out; a key belongs into the environment"
        )
    if parts.query or parts.fragment:
        raise SettingsError(
            "The remote address holds a query or a fragment", "end it at the path; a key belongs into the environment"
        )
    if parts.scheme not in ("http", "https") or not host or any(c <= " " or c == "\x7f" for c in url):
        raise SettingsError("The remote address is no http or https address", "it looks like http://localhost:8080/v1")
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    shown = f"[{host}]" if ":" in host else host
    return Address(
        base=base,
        root=base.removesuffix("/v1"),
        place=shown if port is None else f"{shown}:{port}",
        encrypted=parts.scheme == "https",
        loopback=_is_loopback(host),
        private=_is_private(host),
    )


def checked_key(config: RemoteConfig) -> str:
    """The key without surrounding blanks. Raises `SettingsError`, the key not in it, where no header can hold it."""
    key = config.api_key.strip()
    if all("!" <= c <= "~" for c in key):
        return key
    raise SettingsError("The key holds characters that no key has", f"look at {config.key_variable}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", *_OWN_NETWORK))
    return address.is_private or address.is_link_local
