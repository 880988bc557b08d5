"""Both answers to one message side by side, the spans where they part marked and walkable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from warmchat.domain.text import one_line, printable
from warmchat.domain.turn import Reply, Turn
from warmchat.domain.verdict import PENDING, Span, Verdict
from warmchat.ui.disagreement.facts import facts_text
from warmchat.ui.disagreement.heat import Heat, heat_content, heat_pieces, legend
from warmchat.ui.disagreement.spans import pieces
from warmchat.ui.keys import PANEL, PANEL_MOVING, bindings, moving_bindings
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import KIND_SENTENCES, SYMBOLS, direction_words, pair_words, strip_words

WIDTHS = [(0, "-stacked"), (100, "-beside")]
HEIGHTS = [(0, "-low"), (16, "-normal")]
KEYS_NEED = 78  # cells for the line of keys
STYLES = {"": "", "parting": "on $parting", "now": "bold $parting-on on $parting-now"}


class DisagreementPanel(Screen[None]):
    """The reply left, the shadow reply right; stacked where there is no room for two columns."""

    CSS_PATH = "panel.tcss"
    DEEDS = PANEL
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PANEL), *moving_bindings(PANEL_MOVING)]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, turn: Turn, *, voice: VoiceLook, reference: VoiceLook) -> None:
        super().__init__()
        self._turn = turn
        self._verdict: Verdict = turn.verdict or PENDING
        self._voice = voice
        self._reference = reference
        self._now = 0
        self._left = _Side(voice, turn.reply, [e.reply for e in self._verdict.evidence])
        self._right = _Side(reference, turn.shadow, [e.shadow for e in self._verdict.evidence])
        self._reason = Static(Content(""), markup=False, id="reason")
        self._signals = Static(signals_text(self._verdict), markup=False, id="signals")
        made = [(turn.reply, voice), (turn.shadow, reference)]
        self._facts = Container(
            *(Static(facts_text(reply, look), markup=False) for reply, look in made if reply is not None), id="facts"
        )
        self._signals.display = self._facts.display = False
        scores = turn.reply.scores if turn.reply is not None else ()
        self._has_scores = bool(scores)
        self._heat = heat_pieces(turn.reply.text, scores) if turn.reply is not None else None
        self._hot = False
        self._tables_move = False  # the keys scroll the tables, not the answers
        self._below = VerticalScroll(self._reason, self._signals, self._facts, id="below", can_focus=False)
        self._legend = Static(legend(reference.name.lower()), markup=False, id="legend")
        self._legend.display = False
        self._keys = Static(Content(""), markup=False, id="keys")

    def compose(self) -> ComposeResult:
        yield Static(Content(f"You: {one_line(self._turn.user_text, 300)}"), markup=False, id="question")
        with Container(id="sides"):
            yield self._left
            yield self._right
        yield self._legend
        yield self._below
        yield self._keys

    def on_mount(self) -> None:
        self._reason.set_class(True, f"-{self._verdict.label}")
        self._show()
        self._say_keys()

    def _show(self) -> None:
        if self._hot and self._heat is not None:
            self._left.colour(self._heat)
        else:
            self._left.mark(self._now)
        self._legend.display = self._hot
        self._right.mark(self._now)
        self._reason.update(reason_text(self._verdict, self._now, voice=self._voice, reference=self._reference))

    def action_walk(self, step: int) -> None:
        count = len(self._verdict.evidence)
        if count:
            self._hot = False  # partings are asked for: they come back
            self._now = (self._now + step) % count
            self._show()

    def action_signals(self) -> None:
        """Show or hide the tables; where they do not fit, the keys scroll them first."""
        shown = not self._signals.display
        self._signals.display = self._facts.display = shown
        self._below.scroll_home(animate=False)
        self._tables_move = False
        self._say_keys()
        if shown:
            self.call_after_refresh(self._move_tables_first)

    def _move_tables_first(self) -> None:
        self._tables_move = self._below.max_scroll_y > 0
        self._say_keys()

    def action_turn_to_tables(self) -> None:
        """Let the keys scroll the tables, or the answers again."""
        self._tables_move = self._signals.display and not self._tables_move
        self._say_keys()

    # ---- scrolling: both answers together, so that one key reads both

    @property
    def _moving(self) -> tuple[VerticalScroll, ...]:
        return (self._below,) if self._tables_move else (self._left, self._right)

    def action_scroll(self, lines: int) -> None:
        for part in self._moving:
            part.scroll_relative(y=lines, animate=False)

    def action_page(self, direction: int) -> None:
        self.action_scroll(direction * max(1, min(part.size.height for part in self._moving) - 2))

    def action_all_the_way(self, direction: int) -> None:
        for part in self._moving:
            (part.scroll_home if direction < 0 else part.scroll_end)(animate=False)

    def action_heat(self) -> None:
        if self._heat is not None:
            self._hot = not self._hot
            self._show()
        elif self._has_scores:
            self._say("No heat for this reply: its tokens do not spell it exactly")
        else:
            self._say("No heat for this reply: the reference has not said how likely it found it")

    def _say_keys(self) -> None:
        if self.size.width < KEYS_NEED:
            self._keys.update(Content("F1 keys · Esc back"))
            return
        heat = " · h heat" if self._has_scores else ""
        scroll = "tables, Tab answers" if self._tables_move else "answers, Tab tables"
        scroll = scroll if self._signals.display else "scroll"
        self._keys.update(Content(f"n p walk · s signals{heat} · ↑ ↓ {scroll} · F1 help · Esc back"))

    def on_resize(self) -> None:
        self._say_keys()

    def _say(self, message: str) -> None:
        self.notify(message, markup=False)

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(PANEL))

    def action_leave(self) -> None:
        self.dismiss(None)


class _Side(VerticalScroll):
    """One answer under the name of its voice."""

    def __init__(self, look: VoiceLook, reply: Reply | None, spans: Sequence[Span | None]) -> None:
        super().__init__(classes=f"side {look.css_class}", can_focus=False)
        self._look = look
        self._whole = reply.text if reply is not None else ""
        self._spans = spans
        self._body = Static(Content(""), markup=False, classes="body")

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(self._look.title, self._look.ink_style), markup=False, classes="who")
        yield self._body

    def colour(self, heat: Sequence[tuple[str, Heat]]) -> None:
        """Show how surprised the reference was instead of where the two part."""
        self._body.update(heat_content(heat))

    def mark(self, now: int) -> None:
        """Mark all spans and, stronger, the one the reader is at; bring it into view."""
        cut = [(printable(text), mark) for text, mark in pieces(self._whole, self._spans, now)]
        self._body.update(Content.assemble(*((text, STYLES[mark]) for text, mark in cut)))
        before = ""
        for text, mark in cut:
            if mark == "now":
                self.call_after_refresh(self._bring_into_view, before)
                return
            before += text

    def _bring_into_view(self, before: str) -> None:
        width = max(1, self._body.content_size.width)
        line = Content(before + "x").get_height({}, width)  # of the span's first line, from 1
        self.scroll_to(y=max(0, line - self.size.height // 2), animate=False)


def reason_text(verdict: Verdict, now: int, *, voice: VoiceLook, reference: VoiceLook) -> Content:
    """What the check came to, in plain words, and the pair of spans the reader is at."""
    words = strip_words(verdict, reference=reference.name.lower(), own=voice.id == reference.id and voice.plain)
    parts: list[str | tuple[str, str]] = [(f"{SYMBOLS[verdict.label]} {words.headline}", "bold")]
    direction = direction_words(verdict, voice.name.lower(), reference.name.lower())
    # What the kind means is a claim about the two: it is made only where the verdict makes it.
    sentences = [KIND_SENTENCES[verdict.kind]] if verdict.kind is not None and verdict.label == "disagree" else []
    reason = one_line(verdict.reason, 400)
    parts += ["\n", (" ".join([*sentences, reason[:1].upper() + reason[1:]]), "$foreground")]
    if direction:
        parts.append((f" ({direction})", "$foreground"))
    if verdict.evidence:
        pair = verdict.evidence[now % len(verdict.evidence)]
        parts.append((f"\n{now + 1} of {len(verdict.evidence)}: {pair_words(pair, 60)} · {pair.kind}", "$foreground"))
    return Content.assemble(*parts)


def signals_text(verdict: Verdict) -> Content:
    """The values the score was computed from."""
    if not verdict.signals:
        return Content("No signals were recorded.")
    width = min(40, max(22, *(len(name) for name in verdict.signals)))
    values = sorted(verdict.signals.items())
    if verdict.noise is not None:
        values.append(("noise of the reference", verdict.noise))
    lines = [f"{one_line(name, 40):<{width}}  {value:>7.3f}" for name, value in values]
    if verdict.detector:
        lines.append(f"computed by {one_line(verdict.detector, 60)}")
    return Content("\n".join(lines))
