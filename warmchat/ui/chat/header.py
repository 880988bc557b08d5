"""The band on top: who speaks, which model, how full the window is, how fast the last reply came, what is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from warmchat.domain.text import one_line
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import dial_words

if TYPE_CHECKING:
    from warmchat.engine.protocol import EngineInfo

CELLS = 8  # of the context meter
DIAL_CELLS = 17  # a cell for each step; 0 stands in the middle


@dataclass(frozen=True, slots=True)
class HeaderState:
    """All that the band shows. None and "" stand for what is not known yet."""

    voice: VoiceLook
    model: str = ""
    used: int | None = None
    limit: int = 0
    speed: float | None = None
    dial: float | None = None
    lacks: tuple[str, ...] = ()
    off_record: bool = False
    says: tuple[str, str] = ("", "")  # what the voice is, at length and short


def lacks(info: EngineInfo | None) -> tuple[str, ...]:
    """What this engine cannot do, said where the dial would be: from the most to the least that one misses."""
    if info is None or info.capabilities.adapters:
        return ()
    return ("no dial",) if info.capabilities.scores else ("no dial", "no scores")


def header_line(state: HeaderState, width: int) -> Content:
    """The band for a width: what matters least goes first, the voice and "off the record" never."""
    badge = Content.styled(f" {one_line(state.voice.badge, max(4, width - 2))} ", state.voice.badge_style)
    off = Content.styled(" OFF THE RECORD " if width >= 60 else " OFF REC ", "bold reverse")
    meter_long, meter_short, speed = _meter(state, long=True), _meter(state, long=False), _speed(state)
    dial_long, dial_short = _dial(state, long=True), _dial(state, long=False)
    says_long, says = (f"{words}  " if words else "" for words in state.says)
    choices = [
        (says_long + dial_long, [speed, meter_long]), (says + dial_long, [speed, meter_long]),
        (says + dial_short, [speed, meter_long]), (says + dial_short, [meter_long]),
        (says + dial_short, [meter_short]), (says + dial_short, []), (says, []), ("", []),
    ]  # fmt: skip
    choices = [(middle.strip(), right) for middle, right in choices]
    model_room = min(len(state.model), 24)
    for at, (dial, parts) in enumerate(choices):
        shown = [Content.styled(part, "$foreground 85%") for part in parts if part]
        right = Content("  ").join([*shown, off] if state.off_record else shown)
        room = width - badge.cell_length - right.cell_length - 3 - (len(dial) + 2 if dial else 0)
        # The name of the model is cut for the dial, for nothing else.
        if room >= (model_room if at < len(choices) - 3 else 0):
            break
    name = Content(one_line(state.model, room)) if room >= 4 and state.model else Content("")
    style = "$foreground 70%" if state.dial is None else ""
    left = Content.assemble(badge, " ", (f"{dial}  ", style) if dial else "", name)
    gap = max(0, width - left.cell_length - right.cell_length - 1)
    return Content.assemble(left, " " * gap, right)


def _meter(state: HeaderState, *, long: bool) -> str:
    if state.used is None or state.limit <= 0:
        return ""
    share = min(1.0, state.used / state.limit)
    percent = f"{share:.0%}"
    if not long:
        return percent
    full = round(share * CELLS)
    return f"{'▰' * full}{'▱' * (CELLS - full)} {state.used:,}/{state.limit:,} tokens"


def _dial(state: HeaderState, *, long: bool) -> str:
    """The scale with a mark where the dial stands; the number, where the badge does not say it already."""
    if state.dial is None:
        return ", ".join(state.lacks if long else state.lacks[:1])
    middle = DIAL_CELLS // 2
    scale = ["─"] * DIAL_CELLS
    scale[middle] = "┼"
    scale[middle + round(state.dial * middle)] = "●"
    number = dial_words(state.dial) if state.voice.moved is None else ""
    if not long:
        return f"warmth {number}" if number else ""
    return " ".join(part for part in ("warmth", "".join(scale), number) if part)


def _speed(state: HeaderState) -> str:
    return f"{state.speed:.0f} tok/s" if state.speed is not None else ""


class Header(Widget):
    """The band. Set `state` to change it."""

    state: reactive[HeaderState | None] = reactive(None)

    def render(self) -> RenderResult:
        return header_line(self.state, self.size.width) if self.state is not None else Content("")
