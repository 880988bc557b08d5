"""What stands beside the last turn, line by line: another voice's answer, which one is kept, and a mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from warmchat.domain.errors import NotFound, WarmchatError
from warmchat.domain.turn import Turn
from warmchat.ui.beside import other_than, wants_check
from warmchat.ui.marks import mark_words, typed_mark
from warmchat.ui.plain.words import apart_words

if TYPE_CHECKING:
    from warmchat.ui.plain.chat import PlainChat

NO_OTHER = ("There is no other voice", "put a profile file into system_prompts/")


class BesideCommands:
    """/other, /keep and /mark. `last` gives the last turn; raises `NotFound`."""

    def __init__(self, chat: PlainChat, last: Callable[[], Turn]) -> None:
        self._chat = chat
        self._last = last

    def other(self, wanted: str) -> None:
        """Ask another voice about the last turn, and say where the two part."""
        chat, turn = self._chat, self._last()
        session = chat.session
        spoke = turn.reply.profile if turn.reply is not None else turn.profile
        reference = session.rules.reference
        profile = wanted or other_than(spoke, chat.services.profiles.ids(), reference, session.profile.id)
        if profile is None:
            raise NotFound(*NO_OTHER)
        chat.services.profiles.get(profile)  # raises where there is none
        if profile == spoke:
            raise WarmchatError(f"{chat.name_of(spoke)} spoke here", "name another voice: /voices lists them")
        answer = chat.ask_other(turn, profile)
        if answer is None:
            return
        verdict = session.beside.compared(turn.id, answer.id)
        if verdict is not None:
            chat.console.say(apart_words(verdict))
        chat.console.say("/keep makes it the reply; else the reply stays, and this answer beside it.")

    def keep(self, _: str) -> None:
        """Let the answer that was asked last be the reply."""
        chat, turn = self._chat, self._last()
        answers = chat.session.beside.answers(turn.id)
        if not answers:
            raise NotFound("There is no other answer to keep", "/other asks another voice")
        chat.keep(turn, answers[-1])
        turn = self._last()
        if wants_check(chat.session, turn):
            chat.check(turn)

    def mark(self, words: str) -> None:
        """Mark the last turn, or say how it is marked."""
        chat, turn = self._chat, self._last()
        reference = chat.session.rules.reference
        asked = [reply.profile for reply in chat.session.beside.answers(turn.id)]
        spoke = [turn.profile, *reversed(asked), "companion"]
        voice = next(profile for profile in spoke if profile != reference)
        if words:
            given = typed_mark(words)
            chat.mark(turn, given)
        mark = chat.session.beside.mark(turn.id)
        if mark is None:
            chat.console.say("This turn has no mark.")
            return
        said = mark_words(mark.mark, voice=chat.name_of(voice).lower(), reference=chat.reference.lower())
        chat.console.say(f"Marked: {said}{f', {mark.note}' if mark.note else ''}.")
