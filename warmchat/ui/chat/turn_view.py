"""One turn on the screen: message, reply, what happened to it, and the strip of its check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from warmchat.domain.making import asked_words, missing_words, way_words
from warmchat.domain.text import one_line, printable
from warmchat.ui.chat.aside import Aside, aside_lines, you_line
from warmchat.ui.chat.folded_text import FoldedText
from warmchat.ui.chat.laid_once import Lines, Stack
from warmchat.ui.chat.reply_view import ReplyView
from warmchat.ui.chat.strip import Strip
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import repetition_words, stop_words, where_to_turn_words

if TYPE_CHECKING:
    from warmchat.domain.turn import Reply, Turn
    from warmchat.domain.verdict import Verdict
    from warmchat.ui.app import WarmchatApp

Looks = Callable[[str], VoiceLook]
LookOfReply = Callable[["Reply"], VoiceLook]
NOTHING_BESIDE = Aside()


class TurnView(Stack):
    """A turn. It is made from the message alone while the turn is being opened, or whole from the session.

    Args:
        look: of the voice that answers.
        look_of_reply: how the voice looks with its adapters as they stood for a reply.
        reference: the look of the reference.
        aside: what stands beside the turn.
    """

    class CompareAsked(Message):
        """The reader wants to see this turn side by side."""

        def __init__(self, turn_id: str) -> None:
            super().__init__()
            self.turn_id = turn_id

    def __init__(
        self, user_text: str, *, look: VoiceLook, look_of_reply: LookOfReply, reference: VoiceLook, off_record: bool,
        aside: Aside = NOTHING_BESIDE, reply: ReplyView | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.turn_id = ""
        self.out_of_sight = False  # far from what the reader sees
        self._look = look
        self._look_of_reply = look_of_reply
        self._who = Lines(Content.styled(look.name, look.ink_style), markup=False, classes="who")
        self._reference = reference
        self._text = user_text
        self._message = FoldedText(user_text, classes="message")
        self._notes = Lines(Content(""), markup=False, classes="notes")
        self._notes.display = False
        self._note_lines: list[str] = []
        self.reply = reply if reply is not None else ReplyView()
        self.strip = Strip(reference=reference.name.lower(), own=look.id == reference.id)
        self._off_record = off_record
        self._has_text = False
        self._you = Lines(you_line(aside, off_record=off_record), markup=False, classes="who")
        self._aside = Lines(Content(""), markup=False, classes="aside")
        self._answer = Stack(self._who, self.reply, self._notes, self.strip, self._aside, classes="answer")
        self._beside: tuple[Aside, str] | None = None
        self.show_aside(aside)

    @classmethod
    def of(
        cls, turn: Turn, *, looks: Looks, look_of_reply: LookOfReply, reference: VoiceLook, pending: bool,
        aside: Aside = NOTHING_BESIDE,
    ) -> TurnView:  # fmt: skip
        """The view of a turn that the session holds. ``pending``: it is still being checked."""
        from warmchat.domain.verdict import PENDING, unjudged

        said = ReplyView(turn.reply.text, turn.reply.thinking) if turn.reply is not None else None
        view = cls(turn.user_text, look=looks(turn.profile), look_of_reply=look_of_reply, reference=reference,
                   off_record=turn.off_record, aside=aside, reply=said)  # fmt: skip
        view.turn_id = turn.id
        if turn.reply is not None:
            view._say_end(turn.reply)
        if not pending:
            view.note(missing_words(turn), failed=True)
        if pending:
            view.judge(PENDING)
        elif turn.verdict is not None:
            view.judge(turn.verdict)
        elif turn.reply is not None and not view._is_plain_reference:
            view.judge(unjudged("no check was made"))
        return view

    def compose(self) -> ComposeResult:
        yield self._you
        yield self._message
        yield from where_to_turn(self._text, cast("WarmchatApp", self.app).settings.danger_note)
        self._answer.add_class(self._look.css_class)
        if self._look.colour is not None:
            self._answer.styles.border_left = ("outer", self._look.colour)
        yield self._answer

    @property
    def is_scrollable(self) -> bool:
        """Whether what it holds is given places. Out of sight it is not: its height is known, and a layout takes time
        for every widget that has a place."""
        return super().is_scrollable and not self.out_of_sight

    def show_aside(self, aside: Aside) -> None:
        """Say what stands beside this turn."""
        own = self._look.id == self._reference.id  # then a mark is about the reference and whoever was asked too
        voice = (aside.voices[-1] if aside.voices else "companion") if own else self._look.name
        if self._beside == (aside, voice):  # asked of every turn whenever one changes: most stand as they did
            return
        self._beside = (aside, voice)
        self._you.update(you_line(aside, off_record=self._off_record))
        lines = aside_lines(aside, voice=voice.lower(), reference=self._reference.name.lower())
        self._aside.update(lines)
        self._answer.show(self._aside, shown=bool(lines.plain))

    def bind_turn(self, turn: Turn) -> None:
        """The turn is in the session now."""
        self.turn_id = turn.id

    async def resume(self, reply: Reply) -> None:
        """The reply is gone on with: why it ended is true no longer."""
        self._note_lines.clear()
        self._answer.show(self._notes, shown=False)
        self._answer.show(self.strip, shown=False)
        await self.reply.resume(reply.text, reply.thinking)

    async def finish(self, reply: Reply) -> None:
        """Show the reply whole, and why it ended if not by itself."""
        await self.reply.finish(reply.text, reply.thinking)
        self._say_end(reply)

    def _say_end(self, reply: Reply) -> None:
        self._has_text = bool(reply.text.strip())
        self._look = look = self._look_of_reply(reply)
        beside = [(f"  {look.beside}", "$faint")] if look.beside else []
        self._who.update(Content.assemble((look.title, look.ink_style), *beside))
        self.strip.compared_with_itself(self._is_plain_reference)
        empty = not self._has_text and reply.stop != "interrupted"  # then the failure is said
        self.note(stop_words(reply) or ("the reply is empty" if empty else ""))
        self.note(repetition_words(reply))
        self.note(way_words(reply, self._reference.name.lower()))
        self.note(asked_words(reply))

    @property
    def _is_plain_reference(self) -> bool:
        return self._look.id == self._reference.id and self._look.plain

    def note(self, text: str, *, failed: bool = False) -> None:
        """Add a line about what happened to this turn; "" adds none."""
        if not text:
            return
        self._note_lines.append(f"! {one_line(text, 400)}" if failed else f"({one_line(text, 400)})")
        self._notes.set_class(failed, "-failed")
        self._notes.update(Content(printable("\n".join(self._note_lines))))
        self._answer.show(self._notes)

    def judge(self, verdict: Verdict) -> None:
        """Show a verdict, pending included."""
        self.strip.show(verdict, checkable=self._has_text)
        self._answer.show(self.strip)

    def unfold(self) -> None:
        """Unfold or fold what this turn hides: a long message, thinking."""
        self._message.toggle()
        self.reply.toggle_thinking()

    def on_strip_opened(self, event: Strip.Opened) -> None:
        event.stop()
        self.post_message(self.CompareAsked(self.turn_id))


def where_to_turn(message: str, note: str) -> ComposeResult:
    """Our own words under a message that says a life is in danger. They come from the settings, not from the model."""
    from warmchat.domain.danger import signals_danger  # its patterns take time to be made

    if note.strip() and signals_danger(message):
        yield Lines(Content(where_to_turn_words(note)), markup=False, classes="where-to-turn")
