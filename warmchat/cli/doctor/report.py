"""What doctor finds, as plain values: sections of facts, and problems with their hints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warmchat.domain.errors import SettingsError, WarmchatError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong. ``stops``: a chat cannot be had before it is mended."""

    message: str
    hint: str
    stops: bool = False

    @classmethod
    def of(cls, error: WarmchatError, *, stops: bool = False) -> Problem:
        """The problem that an error tells of."""
        return cls(error.message, error.hint, stops)


@dataclass(slots=True)
class Section:
    """One part of the report.

    Attributes:
        facts: JSON values, for machines.
        rows: label and value, for people. An empty label goes on with the row before.
        verbatim: lines to copy, printed as they are.
    """

    key: str
    title: str
    facts: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    verbatim: list[str] = field(default_factory=list)

    def add(self, label: str, value: str, **facts: Any) -> None:
        """A row, with the facts that it tells."""
        self.rows.append((label, value))
        self.facts |= facts

    def wrong(self, message: str, hint: str, *, stops: bool = False) -> None:
        """A problem."""
        self.problems.append(Problem(message, hint, stops))


def examined(
    key: str, title: str, look: Callable[[Section], None], *, stops: bool = False, debug: bool = False
) -> Section:
    """The section that `look` fills. What it raises is one more finding: no other part suffers.

    Args:
        stops: without this part there is no chat.
        debug: let what nobody foresaw through, with its traceback.
    """
    section = Section(key, title)
    try:
        look(section)
    except WarmchatError as error:
        section.problems.append(Problem.of(error, stops=stops))
    except Exception as error:
        if debug:
            raise
        # doctor is called when things are broken in ways that nobody thought of
        section.wrong(f"This could not be looked at: {error!r}", "--debug shows where", stops=stops)
    return section


def problems_of(sections: Sequence[Section]) -> Iterator[tuple[Section, Problem]]:
    """All problems, those that stop a chat first."""
    found = [(section, problem) for section in sections for problem in section.problems]
    yield from sorted(found, key=lambda pair: not pair[1].stops)


def as_json(sections: Sequence[Section]) -> dict[str, Any]:
    """The whole report as one JSON value."""
    problems = [
        {"section": section.key, "message": problem.message, "hint": problem.hint, "stops_chat": problem.stops}
        for section, problem in problems_of(sections)
    ]
    return {
        "ok": not problems,
        "can_chat": not any(problem["stops_chat"] for problem in problems),
        **{section.key: section.facts for section in sections},
        "problems": problems,
    }


def short(path: Path) -> str:
    """A path for people, the home folder as ``~``."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):  # elsewhere, or nobody's home
        return str(path)


NOT_SHOWN = "***"


def without_password(named: str) -> str:
    """A server's address, or a model with its server as ``URL#NAME``, as it may be shown to others.

    Reports are pasted into public places: of an address that holds more than scheme, host and path nothing is shown.
    """
    from warmchat.engine.remote import checked_address

    url, mark, model = named.partition("#")
    if not any(sign in named for sign in ("://", "@", "?")):  # the name of a file
        return named
    try:
        return f"{checked_address(url).base}{mark}{model}"
    except SettingsError:
        return NOT_SHOWN


def size_text(size: float) -> str:
    """Bytes for people: ``98.1 MB``, ``4.92 GB``."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
