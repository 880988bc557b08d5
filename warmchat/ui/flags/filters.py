"""What the list of disagreements is narrowed by: each filter has a key and steps through its values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from warmchat.domain.days import Days
from warmchat.domain.text import one_line
from warmchat.storage.records import TurnFilter
from warmchat.ui.words import KINDS

COMPARED = ("disagree", "unsure", "agree")
AGE, FROM_TO = "a", "f"
AGES = (("any day", None), ("today", 0), ("7 days", 6), ("30 days", 29), ("a year", 364))
MARKS = (("none yet", ""), ("oracle right", "oracle_right"), ("companion right", "companion_right"),
         ("both fine", "both_fine"), ("both wrong", "both_wrong"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. The first value lets all through, but for the verdict's, which are the flags.

    Attributes:
        values: what each value is called, and the fields of a `TurnFilter` that it sets.
    """

    key: str
    name: str
    values: tuple[tuple[str, Mapping[str, Any]], ...]
    at: int = 0

    @property
    def value(self) -> str:
        """What the present value is called."""
        return self.values[self.at][0]


@dataclass(frozen=True, slots=True)
class Filters:
    """All filters as they stand.

    Attributes:
        days: what was typed for the one from a day to a day; it and the age's take each other's place.
    """

    filters: tuple[Filter, ...] = field(default_factory=tuple)
    days: Days = field(default_factory=Days)

    @classmethod
    def over(cls, profiles: Sequence[str], models: Sequence[str], today: date) -> Filters:
        """The filters for a log that holds these voices and models; `today` on the reader's clock."""
        anything: list[tuple[str, Mapping[str, Any]]] = [("any", {})]
        return cls((
            Filter("l", "verdict", (("flagged", {"labels": ("disagree",)}), ("unsure", {"labels": ("unsure",)}),
                                    ("all compared", {"labels": COMPARED}))),
            Filter("k", "kind", (*anything, *((words, {"kinds": (kind,)}) for kind, words in KINDS.items()))),
            Filter("d", "bent to you", (*anything, ("the reply", {"directions": ("reply",)}),
                                        ("the oracle", {"directions": ("shadow",)}),
                                        ("neither", {"directions": ("neither",)}))),
            Filter("c", "score", (*anything, *((f"{low} up", {"min_score": low}) for low in (0.7, 0.8, 0.9)))),
            Filter("t", "stakes", (*anything, ("high", {"high_stakes": True}))),
            Filter("v", "voice", (*anything, *((one_line(p, 24), {"profiles": (p,)}) for p in profiles))),
            Filter("m", "model", (*anything, *((one_line(m, 30), {"model": m}) for m in models))),
            Filter(AGE, "age", tuple((words, _since(days, today)) for words, days in AGES)),
            Filter(FROM_TO, "days", (("any", {}),)),
            Filter("r", "mark", (*anything, *((words, {"marks": (mark,)}) for words, mark in MARKS))),
        ))  # fmt: skip

    def stepped(self, key: str, step: int) -> Filters:
        """With the next or the last value of one filter."""
        moved = tuple(replace(f, at=(f.at + step) % len(f.values)) if f.key == key else f for f in self.filters)
        same = Filters(moved, self.days)
        return same.between(Days()) if key == AGE else same

    def between(self, days: Days) -> Filters:
        """With these days, and of any age where they have a bound."""
        bounds = {name: moment for name, moment in (("since", days.since), ("until", days.until)) if moment}
        typed = (("any", {}), *([(days.words, bounds)] if bounds else []))
        return Filters(tuple(
            replace(f, values=typed, at=len(typed) - 1) if f.key == FROM_TO
            else replace(f, at=0) if f.key == AGE and bounds else f
            for f in self.filters
        ), days)  # fmt: skip

    def cleared(self) -> Filters:
        """With the first value everywhere."""
        return Filters(tuple(replace(f, at=0) for f in self.filters)).between(Days())

    def where(self) -> TurnFilter:
        """Which turns are asked for."""
        return self._where({f.name for f in self.filters})

    def of_whom(self) -> TurnFilter:
        """The same for voice, model and days alone: whose course over time is drawn."""
        return self._where({"voice", "model", "age", "days"})

    def named(self, name: str) -> Filter | None:
        """A filter that was moved from its first value; None where it was not."""
        return next((f for f in self.filters if f.name == name and f.at), None)

    def _where(self, names: set[str]) -> TurnFilter:
        given: dict[str, Any] = {}
        for one in self.filters:
            if one.name in names:
                given.update(one.values[one.at][1])
        return TurnFilter(**given)


def _since(days: int | None, today: date) -> Mapping[str, Any]:
    return {} if days is None else {"since": Days(today - timedelta(days=days)).since}
