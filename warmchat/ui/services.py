"""All that the screens need from the rest of the program, in one value that wiring fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from warmchat.domain.errors import WarmchatError

if TYPE_CHECKING:
    from warmchat.domain.mark import Mark, MarkName
    from warmchat.domain.profile import Profile
    from warmchat.domain.turn import Turn
    from warmchat.engine.protocol import Engine
    from warmchat.evals.report import Report
    from warmchat.profiles.files import ProfileFiles
    from warmchat.session import ChatSession
    from warmchat.session.start import StartNotes
    from warmchat.storage.records import Day, Flag, TurnFilter


class ScreenSettings(Protocol):
    """The settings that the screens read."""

    @property
    def profile(self) -> str:
        """Id of the profile that speaks first."""

    @property
    def reference(self) -> str:
        """Id of the profile that the others are checked against."""

    @property
    def theme(self) -> Literal["dark", "light"]: ...
    @property
    def log(self) -> bool:
        """Whether sessions are kept."""

    @property
    def danger_note(self) -> str:
        """Where to turn, under a message that says a life is in danger."""

    @property
    def reminders(self) -> bool:
        """Whether a long talk is told how its replies fared."""

    @property
    def reduced_motion(self) -> bool: ...
    @property
    def keys(self) -> Mapping[str, str]:
        """The user's own keys, by the names of deeds."""


class ProfileShelf(Protocol):
    """The profiles, as the screens use them."""

    def ids(self) -> list[str]:
        """All profile ids."""

    def get(self, profile_id: str, /) -> Profile:
        """One profile. Raises `UnknownProfile`."""

    def all(self) -> list[Profile]:
        """All profiles."""

    def problems(self) -> list[str]:
        """What is wrong with profile files now, a sentence each."""

    def changed(self) -> bool:
        """Whether a file changed since the last call; cheap enough to be asked every second."""


class FoundModel(Protocol):
    """A model file on this machine."""

    @property
    def path(self) -> Path: ...
    @property
    def name(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def source(self) -> str:
        """Where it was found: starter, Hugging Face cache, LM Studio, ..."""

    @property
    def note(self) -> str:
        """Why it may not do; empty where nothing is wrong."""


class SessionSummary(Protocol):
    """A session of the log, as a line in a list."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def last_at(self) -> str: ...
    @property
    def turns(self) -> int: ...
    @property
    def disagreements(self) -> int: ...
    @property
    def profiles(self) -> tuple[str, ...]: ...


class Hit(Protocol):
    """A message or reply that a search found."""

    @property
    def session_id(self) -> str: ...
    @property
    def session_title(self) -> str: ...
    @property
    def turn_id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def profile(self) -> str: ...
    @property
    def created_at(self) -> str: ...
    @property
    def snippet(self) -> str: ...


class SessionShelf(Protocol):
    """The log, as the list of sessions uses it. Every method may raise `WarmchatError`."""

    def sessions(self, limit: int | None = None, *, archived: bool | None = None) -> Sequence[SessionSummary]:
        """Newest first; ``archived``: only those that were put away, or only those that were not."""

    def search(self, text: str, limit: int = 100) -> Sequence[Hit]:
        """Messages and replies that hold all words, newest first; a `*` after a word means a beginning."""

    def rename_session(self, session_id: str, title: str) -> None: ...
    def archive_session(self, session_id: str, *, archived: bool = True) -> None: ...
    def delete_session(self, session_id: str) -> bool:
        """Whether nothing is left of it in the files."""


class FlagLog(Protocol):
    """The log, as the screen of disagreements asks it. Each may block and raises `LogError`."""

    def flag_list(self, where: TurnFilter, limit: int, /) -> tuple[list[Flag], int]:
        """The newest turns that fit, and how many fit."""

    def course(self, where: TurnFilter, /) -> list[Day]:
        """What checks came to, day by day."""

    def voices_and_models(self) -> tuple[list[str], list[str]]:
        """Profiles and models whose replies were compared."""

    def turn(self, turn_id: str, /) -> Turn:
        """One turn. Raises `NotFound`."""

    def marks(self, session_id: str, /) -> Mapping[str, Mark]:
        """What the user thinks of a session's turns, by turn."""

    def save_mark(self, turn_id: str, mark: MarkName | None, note: str = "") -> None:
        """What the user thinks of a turn; None takes it back."""


def start_notes(services: Services) -> StartNotes | None:
    """What is to be said at the start; None where the log cannot say it, of which others tell."""
    try:
        return services.start_notes()
    except WarmchatError:
        return None


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """What is to be written.

    Attributes:
        form: ``md|html|jsonl|csv``.
        redact: rules, as `warmchat log export --redact` takes them; empty: all as it was said.
        replace: whether a file that is there may be replaced.
    """

    form: str
    path: Path
    redact: tuple[str, ...] = ()
    replace: bool = False


@dataclass(frozen=True)
class Services:
    """What the app is started with.

    Attributes:
        open_session: a new session for None, else the session with that id. May block; raises `WarmchatError`.
        open_engine: an engine for a model file; returns at once, `Engine.describe` waits for the loading.
        find_models: the model files on this machine; may block.
        export: (session id, what is asked for) -> the file that was written. May block; raises `WarmchatError`.
        log: the sessions of the log; may block the first time.
        initial_model: the model to load at the start; None where there is none.
        initial_session: id of the session to resume at the start, or `last`; None for a new one.
        flags: the log, opened where it was not; may block.
        messages: what the user wrote last in all sessions, oldest first; may block.
        profile_files: the files behind `profiles`.
        export_turns: (which turns, what is asked for) -> the file that was written. As `export`.
        check_model: raises `WarmchatError` for a file that cannot be a model, before the present one is closed for it.
        log_problem: why the log cannot be written, to be said once; empty where it can. Asked after `open_session`.
        start_notes: deletes what is too old, and tells how the last session ended. May block; raises `LogError`.
        last_report: the last measurement of the model with this identity ("": of any); None: there is none. May block.
    """

    settings: ScreenSettings
    profiles: ProfileShelf
    open_session: Callable[[str | None], ChatSession]
    open_engine: Callable[[Path], Engine]
    find_models: Callable[[], Sequence[FoundModel]]
    export: Callable[[str, ExportAsked], Path]
    log: Callable[[], SessionShelf]
    flags: Callable[[], FlagLog]
    profile_files: ProfileFiles
    messages: Callable[[], Sequence[str]]
    export_turns: Callable[[TurnFilter, ExportAsked], Path]
    initial_model: Path | None = None
    initial_session: str | None = None
    log_problem: Callable[[], str] = str
    start_notes: Callable[[], StartNotes | None] = lambda: None
    last_report: Callable[[str], Report | None] = lambda _model: None
    check_model: Callable[[Path], object] = lambda _path: None
