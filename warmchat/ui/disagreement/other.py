"""What another voice answers to a past turn, beside the reply: as it comes, then compared; either is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from warmchat.domain.conversation import split_thinking
from warmchat.domain.making import way_words
from warmchat.domain.text import one_line
from warmchat.domain.turn import (
    OtherFailed,
    OtherFinished,
    OtherFragment,
    PromptRead,
    Reply,
    Turn,
    TurnEvent,
    TurnFailed,
)
from warmchat.domain.verdict import PENDING, Verdict, unjudged
from warmchat.ui.disagreement.comparison import Comparison, Part
from warmchat.ui.disagreement.reason import apart_text
from warmchat.ui.keymap import first_key
from warmchat.ui.keys import OTHER, PANEL_MOVING, Deed, bindings, moving_bindings
from warmchat.ui.words import repetition_words, stop_words

if TYPE_CHECKING:
    from warmchat.session import ChatSession
    from warmchat.ui.chat.screen import ChatScreen


class OtherPanel(Comparison):
    """The reply of a turn, and what other voices said to the same words with the same seed; one at a time.

    Args:
        asks: id of the voice to ask now; "" shows what was answered last.
        keep: lets an answer of this id be the reply; says what hinders it itself.
        choose: lets the reader choose a voice, and calls back with its id.
    """

    DEEDS: ClassVar[tuple[Deed, ...]] = OTHER
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OTHER), *moving_bindings(PANEL_MOVING)]

    class Compared(Message):
        """The shown reply and the answer with this id were compared."""

        def __init__(self, reply_id: str, verdict: Verdict) -> None:
            super().__init__()
            self.reply_id = reply_id
            self.verdict = verdict

    def __init__(
        self, chat: ChatScreen, session: ChatSession, turn: Turn, *, asks: str,
        keep: Callable[[str], None], choose: Callable[[Callable[[str], None]], None],
    ) -> None:  # fmt: skip
        answers = session.beside.answers(turn.id)
        newest = answers[-1] if answers and not asks else None
        voice = chat.look_of_reply(turn.reply) if turn.reply is not None else chat.look_of(turn.profile)
        other = chat.look_of_reply(newest) if newest is not None else chat.look_of(asks)
        super().__init__(turn, newest, voice=voice, other=other, reference=chat.reference_look())
        self._chat, self._session = chat, session
        self._keep, self._choose = keep, choose
        self._asks = asks
        self._coming = ""  # the voice that is answering
        self._come = ""  # what came of it, thinking included
        self._painted = ""
        self._read = ""  # how far it has read
        self._stopping = False
        self._said = ""  # why there is no answer
        self._verdicts: dict[str, Verdict] = {}

    def on_mount(self) -> None:
        self.set_interval(self._chat.flow.paint_s[0], self._paint)
        if self._asks:
            self._ask(self._asks)
        elif self.second is not None:
            self._show(self.second)

    def on_unmount(self) -> None:
        if self._coming:
            self._session.beside.cancel()

    # ---- an answer comes

    def _ask(self, profile_id: str) -> None:
        self._coming, self._come, self._painted, self._said, self._stopping = profile_id, "", "", "", False
        self._read = "reading…"
        self.other = self._chat.look_of(profile_id)
        self.show_verdict(PENDING, None)
        self._name_sides()
        events = self._session.beside.ask(self.turn.id, profile_id)  # it can be stopped from here on
        self._chat.flow.run("other", lambda: events, heard=self._hear)

    async def _hear(self, event: TurnEvent) -> None:
        if not self.is_attached:
            return
        match event:
            case PromptRead(_, done, total):
                self._read = f"reading {done:,}/{total:,}" if done < total else ""
                self._name_sides()
            case OtherFragment(_, text):
                self._come += text
            case OtherFinished(_, reply):
                self._coming = ""
                self._show(reply)
            case OtherFailed(_, message, hint):
                self.warmchat.tell(message, hint, severity="information" if self._stopping else "error")
                self._end(message)
            case TurnFailed(_, message, _):  # of the program itself: told already
                self._end(message)

    def _end(self, why: str) -> None:
        """There is no answer, or no more of the one that is shown already."""
        if self._coming:
            self._coming = ""
            answers = self._session.beside.answers(self.turn.id)
            self._said = why
            if answers:
                self._show(answers[-1])
            else:
                self._name_sides()
                self.draw()

    def _paint(self) -> None:
        if self._coming and self._come != self._painted:
            self._painted = self._come
            thinking, text = split_thinking(self._come)
            self.right.write(text or ("thinking…" if thinking else ""))

    # ---- an answer is there

    def _show(self, reply: Reply) -> None:
        self.other = self._chat.look_of_reply(reply)
        self.show_verdict(self._verdicts.get(reply.id, PENDING), reply)
        self._name_sides()
        if reply.id not in self._verdicts:
            threading.Thread(target=self._compare, args=(reply.id,), name="compare", daemon=True).start()

    def _compare(self, reply_id: str) -> None:
        """In a thread: a network may read both."""
        try:
            verdict = self._session.beside.compared(self.turn.id, reply_id) or unjudged("the turn has no reply")
        except Exception as error:  # a thread of its own: nobody else would hear of it
            verdict = unjudged(f"{type(error).__name__}: {error}")
        self.post_message(self.Compared(reply_id, verdict))

    def on_other_panel_compared(self, event: Compared) -> None:
        self._verdicts[event.reply_id] = event.verdict
        if self.second is not None and self.second.id == event.reply_id:
            self.show_verdict(event.verdict, self.second)

    @property
    def _place(self) -> tuple[int, int]:
        """Which of how many answers this is, from 1."""
        ids = [reply.id for reply in self._session.beside.answers(self.turn.id)]
        return (ids.index(self.second.id) + 1 if self.second is not None and self.second.id in ids else 0), len(ids)

    def _name_sides(self) -> None:
        self.left.name_it(self.voice, f"the reply · {first_key('keep-the-reply')} keeps it")
        at, of = self._place
        which = f" · {at} of {of}" if of > 1 and at else ""
        if self._coming:
            beside = "stopping…" if self._stopping else self._read or "answering…"
        elif self.second is None:
            beside = "no answer"
        else:
            beside = f"asked by you{which} · {first_key('keep-the-other-answer')} keeps it"
        self.right.name_it(self.other, beside)

    # ---- what is said

    def reason(self, now: int) -> Content:
        other = one_line(self.other.name.lower(), 24)
        if self._coming:
            model = self.warmchat.seat.state.status == "loading"
            doing = "The model is being loaded" if model else f"The {other} answers the same words with the same seed"
            stop = first_key("back-to-the-chat")
            return Content.assemble((doing, "bold"), "\n", (f"{stop} stops it; what came of it is kept", "$foreground"))
        if self.second is None:
            return Content.assemble((f"– No answer: {one_line(self._said, 200)}", "bold"))
        notes = (
            stop_words(self.second),
            repetition_words(self.second),
            way_words(self.second, self.reference.name.lower()),
        )
        said = "".join(f"\n({note})" for note in notes if note)
        return Content.assemble(apart_text(self.verdict, now), (said, "$faint"))

    @property
    def leaving(self) -> str:
        return "stop" if self._coming and not self._stopping else "back"

    def feet(self) -> list[Part]:
        if self._coming:
            return []
        at, of = self._place
        return [("mark-it", "mark"), ("ask-yet-another-voice", "ask another"),
                *([("the-next-answer", "next answer")] if of > 1 and at else [])]  # fmt: skip

    # ---- what the reader does

    def action_keep_first(self) -> None:
        """The reply stays; so does the answer beside it."""
        self.dismiss(None)

    def action_keep_second(self) -> None:
        if self._coming:
            self.warmchat.tell("The answer is still coming", f"{first_key('back-to-the-chat')} stops it")
        elif self.second is None:
            self.warmchat.tell("There is no answer to keep")
        else:
            self._keep(self.second.id)

    def action_another(self) -> None:
        if self._coming:
            self.warmchat.tell("The answer is still coming", f"{first_key('back-to-the-chat')} stops it")
        else:
            self._choose(self._ask)

    def action_next_answer(self) -> None:
        answers = self._session.beside.answers(self.turn.id)
        if not self._coming and answers:
            at, of = self._place
            self._show(answers[at % of])

    def action_mark(self) -> None:
        """A mark is about the reference and another voice: it is made where these two stand on the screen."""
        if self.reference.id in {self.voice.id, self.other.id}:
            super().action_mark()
        else:
            name = one_line(self.reference.name.lower(), 24)
            self.warmchat.tell(
                f"A mark is about the {name} and another voice", f"{first_key('side-by-side')} in the chat"
            )

    def action_leave(self) -> None:
        if self._coming and not self._stopping:
            self._stopping = True
            self._session.beside.cancel()
            self._name_sides()
        else:
            super().action_leave()
