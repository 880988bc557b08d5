"""How a reply was made, in words that screens, commands and exports share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warmchat.domain.text import one_line

if TYPE_CHECKING:
    from warmchat.domain.turn import Reply, ReplyWay, Stage, Turn

STAGES: dict[Stage, str] = {
    "neutralising": "looking for the bare question…",
    "answering": "answering…",
    "rewriting": "saying it kindly…",
}

_WAYS: dict[ReplyWay, str] = {
    "direct": "",
    "rewritten": "the {reference}’s answer, said kindly; its facts were checked before it was shown",
    "retried": "the {reference}’s answer, said kindly at the second try; its facts were checked before it was shown",
    "cold": "the {reference}’s answer as it is: no kind wording kept all that it says",
}


def missing_words(turn: Turn) -> str:
    """Why a turn of the log has no whole reply, as far as its reply does not say so; empty where it has one."""
    if turn.error or turn.reply is not None:
        return turn.error
    return "the program ended before its first word, or it is still coming"


def way_words(reply: Reply, reference: str) -> str:
    """What was shown, where it is not what the voice drew; empty where it is."""
    if reply.way == "cold" and reply.stop == "cancelled":
        return f"the {reference}’s answer as it is"
    return _WAYS[reply.way].format(reference=one_line(reference, 24))


def asked_words(reply: Reply) -> str:
    """The bare question that was answered in place of the message; empty where it was the message."""
    return f"answered as: {one_line(reply.asked, 300)}" if reply.asked else ""
