"""Two answers to one message: side by side or stacked, their partings walked, tables below, or the answers alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from warmchat.domain.mark import Mark
from warmchat.domain.text import one_line
from warmchat.domain.turn import Reply, Turn
from warmchat.domain.verdict import PENDING, Verdict
from warmchat.ui.disagreement.facts import facts_text
from warmchat.ui.disagreement.heat import heat_pieces, legend
from warmchat.ui.disagreement.reason import parting_words
from warmchat.ui.disagreement.side import Side
from warmchat.ui.disagreement.signals import signals_text
from warmchat.ui.keymap import first_key, key_line
from warmchat.ui.keys import PANEL, PANEL_MOVING, Deed, bindings, moving_bindings
from warmchat.ui.marking import ask_mark, names_of, show_mark
from warmchat.ui.marks import marked_words
from warmchat.ui.voice_look import VoiceLook

if TYPE_CHECKING:
    from warmchat.ui.app import WarmchatApp

WIDTHS = [(0, "-stacked"), (100, "-beside")]
HEIGHTS = [(0, "-low"), (16, "-normal")]
LABELS = ("pending", "agree", "disagree", "unsure", "unjudged")
MOST_PARTINGS = 200  # a check finds a few; a log from elsewhere may hold any number, and marking them takes its time
Part = str | tuple[str, str]


class Comparison(Screen[None]):
    """Two answers, the shown reply first. A base: `DisagreementPanel` shows what a check found.

    Args:
        voice, other: whose answers they are.
        second: the other answer; None while it is not there.
        reference: the look of the reference, which the heat and some signals speak of.
    """

    CSS_PATH = "panel.tcss"
    DEEDS: ClassVar[tuple[Deed, ...]] = PANEL
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PANEL), *moving_bindings(PANEL_MOVING)]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(
        self, turn: Turn, second: Reply | None, *, voice: VoiceLook, other: VoiceLook, reference: VoiceLook
    ) -> None:
        super().__init__()
        self.turn = turn
        self.second = second
        self.verdict: Verdict = PENDING
        self.voice, self.other, self.reference = voice, other, reference
        self._now = 0
        self._mark: Mark | None = None
        self.left = Side(voice, _text(turn.reply))
        self.right = Side(other, _text(second))
        self._reason = Static(Content(""), markup=False, id="reason")
        self._signals = Static(Content(""), markup=False, id="signals")
        self._made = [Static(Content(""), markup=False) for _ in range(2)]
        self._facts = Container(*self._made, id="facts")
        self._signals.display = self._facts.display = False
        self._heat = heat_pieces(turn.reply.text, turn.reply.scores) if turn.reply is not None else None
        self._hot = False
        self._tables_move = False  # the keys scroll the tables, not the answers
        self._below = VerticalScroll(self._reason, self._signals, self._facts, id="below", can_focus=False)
        self._legend = Static(legend(reference.name.lower()), markup=False, id="legend")
        self._legend.display = False
        self._keys = Static(Content(""), markup=False, id="keys")

    @property
    def warmchat(self) -> WarmchatApp:
        """The app, by its own type."""
        return cast("WarmchatApp", self.app)

    def compose(self) -> ComposeResult:
        yield Static(Content(f"You: {one_line(self.turn.user_text, 300)}"), markup=False, id="question")
        with Container(id="sides"):
            yield self.left
            yield self.right
        yield self._legend
        yield self._below
        yield self._keys

    def on_mount(self) -> None:
        self.draw()
        show_mark(self.warmchat, self.turn, self._marked)

    def on_resize(self) -> None:
        self.say_keys()

    # ---- what subclasses say

    def reason(self, now: int) -> Content:
        """What the comparison came to, and the pair of spans the reader is at."""
        raise NotImplementedError

    @property
    def leaving(self) -> str:
        """What the key that leads back does now."""
        return "back"

    def feet(self) -> list[Part]:
        """What can be done here beside what every comparison offers, most important first."""
        return [("mark-it", "mark")]

    # ---- drawing

    def show_verdict(self, verdict: Verdict, second: Reply | None) -> None:
        """What the comparison came to, and of which second answer; the first parting is the one the reader is at."""
        verdict = replace(verdict, evidence=verdict.evidence[:MOST_PARTINGS])
        self.verdict, self.second, self._now = verdict, second, 0
        self.left.hold(_text(self.turn.reply), [e.reply for e in verdict.evidence])
        self.right.hold(_text(second), [e.shadow for e in verdict.evidence])
        self._signals.update(signals_text(verdict, self.other.name.lower()))
        made = ((self.turn.reply, self.voice), (second, self.other))
        for (reply, look), table in zip(made, self._made, strict=True):
            table.update(facts_text(reply, look) if reply is not None else Content(""))
        if self.is_mounted:
            self.draw()

    def draw(self) -> None:
        """Draw all anew."""
        if self._hot and self._heat is not None:
            self.left.colour(self._heat)
        else:
            self.left.mark(self._now)
        self.right.mark(self._now)
        self._legend.display = self._hot
        self.draw_reason()

    def draw_reason(self) -> None:
        """Draw anew what is said below the answers."""
        for label in LABELS:
            self._reason.set_class(label == self.verdict.label, f"-{label}")
        marked = marked_words(self._mark, **names_of(self.warmchat, self.turn))
        line = [("\n" + marked, "$foreground")] if marked else []
        self._reason.update(Content.assemble(self.reason(self._now), *line))
        self.say_keys()

    def say_keys(self) -> None:
        """As many of the keys as there is room for; where the answers stand alone, the parting first."""
        width = self.size.width - 2
        last: list[Part] = [("help", "help"), ("back-to-the-chat", self.leaving)]
        parting = parting_words(self.verdict, self._now, limit=max(12, width // 4))
        if self.has_class("-alone"):
            back: list[Part] = [("the-answers-alone", "all")]
            self._keys.update(Content(key_line(*([parting] if parting else []), *back)))
            return
        first = [*self._walking, *self.feet(), ("signals-and-score", "signals")]
        tables = self._signals.display  # then it matters more which of the two the arrow keys move
        more = [*first, *self._scrolling, *self._heating] if tables else [*first, *self._heating, *self._scrolling]
        while more and len(key_line(*more, *last)) > width:
            more.pop()
        self._keys.update(Content(key_line(*more, *last)))

    @property
    def _walking(self) -> list[Part]:
        several = len(self.verdict.evidence) > 1
        return [f"{first_key('next-parting')} {first_key('parting-before')} walk"] if several else []

    @property
    def _heating(self) -> list[Part]:
        return [*([("heat", "heat")] if self._has_scores else []), ("the-answers-alone", "alone")]

    @property
    def _has_scores(self) -> bool:
        return self.turn.reply is not None and bool(self.turn.reply.scores)

    @property
    def _scrolling(self) -> list[Part]:
        if not self._signals.display:
            return ["↑ ↓ scroll"]
        turn = first_key("scroll-the-tables-instead")
        return [f"↑ ↓ {f'tables, {turn} answers' if self._tables_move else f'answers, {turn} tables'}"]

    # ---- what the reader does

    def action_walk(self, step: int) -> None:
        count = len(self.verdict.evidence)
        if count:
            self._hot = False  # partings are asked for: they come back
            self._now = (self._now + step) % count
            self.draw()

    def action_mark(self) -> None:
        """Say which of the two is right."""
        ask_mark(self.warmchat, self.turn, self._marked)

    def _marked(self, mark: Mark | None) -> None:
        self._mark = mark
        if self.is_attached:
            self.draw_reason()

    def action_alone(self) -> None:
        """The two answers fill the screen, or all stands there again."""
        self.toggle_class("-alone")
        self.call_after_refresh(self.draw)

    def action_signals(self) -> None:
        """Show or hide the tables; where they do not fit, the keys scroll them first."""
        self.remove_class("-alone")
        shown = not self._signals.display
        self._signals.display = self._facts.display = shown
        self._below.scroll_home(animate=False)
        self._tables_move = False
        self.say_keys()
        if shown:
            self.call_after_refresh(self._move_tables_first)

    def _move_tables_first(self) -> None:
        self._tables_move = self._below.max_scroll_y > 0
        self.say_keys()

    def action_turn_to_tables(self) -> None:
        """Let the keys scroll the tables, or the answers again."""
        self._tables_move = self._signals.display and not self._tables_move
        self.say_keys()

    def action_heat(self) -> None:
        if self._heat is not None:
            self._hot = not self._hot
            self.draw()
        elif self._has_scores:
            self.warmchat.tell("No heat for this reply: its tokens do not spell it exactly")
        else:
            name = one_line(self.reference.name.lower(), 24)
            self.warmchat.tell(f"No heat for this reply: the {name} has not said how likely it found it")

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(self.DEEDS))

    def action_leave(self) -> None:
        if self.has_class("-alone"):
            self.action_alone()
        else:
            self.dismiss(None)

    # ---- scrolling: both answers together, so that one key reads both

    @property
    def _moving(self) -> tuple[VerticalScroll, ...]:
        tables = self._tables_move and not self.has_class("-alone")
        return (self._below,) if tables else (self.left, self.right)

    def action_scroll(self, lines: int) -> None:
        for part in self._moving:
            part.scroll_relative(y=lines, animate=False)

    def action_page(self, direction: int) -> None:
        self.action_scroll(direction * max(1, min(part.size.height for part in self._moving) - 2))

    def action_all_the_way(self, direction: int) -> None:
        for part in self._moving:
            (part.scroll_home if direction < 0 else part.scroll_end)(animate=False)


def _text(reply: Reply | None) -> str:
    return reply.text if reply is not None else ""
