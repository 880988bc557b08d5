"""Verdicts in words. They claim what was measured and no more: two answers were compared, neither was proved."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warmchat.compare.repetition import repeats_itself
from warmchat.domain.text import one_line, printable

if TYPE_CHECKING:
    from warmchat.domain.turn import LogCaughtUp, LogFailed, Reply
    from warmchat.domain.verdict import Evidence, Kind, Label, Verdict
    from warmchat.session.start import StartNotes
    from warmchat.storage.records import CutOff

SYMBOLS: dict[Label, str] = {"pending": "◌", "agree": "=", "disagree": "≠", "unsure": "≈", "unjudged": "–"}

KINDS: dict[Kind, str] = {
    "contradiction": "contradiction",
    "premise_accepted": "premise accepted",
    "omission": "omission",
    "added": "added",
    "softened": "softened",
    "refusal": "refusal",
}

KIND_SENTENCES: dict[Kind, str] = {
    "contradiction": "The two name facts that cannot both hold.",
    "premise_accepted": "One goes along with a claim or plan of yours that the other rejects.",
    "omission": "One leaves out a correction, risk or caution that the other gives.",
    "added": "One adds a fact or a feeling that nothing supports.",
    "softened": "Both make the same claim, at another strength.",
    "refusal": "One answers, the other declines or does not answer.",
}

STILL_READ = "another program reads the log: their words are in its files until that closes"

# Of two answers to the same words, neither of which checks the other.
APART: dict[Label, str] = {
    "pending": "Looking where the two part…",
    "agree": "Nothing was found in which the two part",
    "disagree": "The two part",
    "unsure": "Unsure whether the two say the same",
    "unjudged": "The two were not compared",
}


@dataclass(frozen=True, slots=True)
class StripWords:
    """What a verdict strip says: a symbol, one sentence, what it rests on, and what one can do."""

    symbol: str
    headline: str
    detail: str = ""
    hint: str = ""


def strip_words(
    verdict: Verdict, *, reference: str, own: bool = False, keys: tuple[str, str] = ("F4", "F5")
) -> StripWords:
    """A verdict for the strip under a reply.

    Args:
        reference: what the reference is called.
        own: the reference was compared with a second answer of its own.
        keys: the keys for side by side and for checking now.
    """
    name = one_line(reference, 24)
    look, check = f"{keys[0]} side by side", f"{keys[1]} checks now"
    symbol = SYMBOLS[verdict.label]
    match verdict.label:
        case "pending":
            return StripWords(symbol, f"Checking: the {name} is answering the same message")
        case "agree":
            said = f"Agrees with a second answer of the {name}" if own else f"Agrees with the {name}’s own answer"
            return StripWords(symbol, said + score_words(verdict), hint=look)
        case "disagree":
            said = f"The {name}, asked again, said otherwise" if own else f"The {name} would have said otherwise"
            return StripWords(symbol, said + score_words(verdict), _because(verdict), look)
        case "unsure":
            said = f"Unsure whether the {name} says the same"
            return StripWords(symbol, said + score_words(verdict), _because(verdict), look)
        case "unjudged":
            return StripWords(symbol, f"Not compared: {one_line(verdict.reason, 160)}", hint=check)


def score_words(verdict: Verdict) -> str:
    """Kind and score of a verdict, with the dot that parts them from what goes before; "" where there is neither."""
    kind = KINDS.get(verdict.kind, verdict.kind) if verdict.kind is not None else ""
    if kind and verdict.label == "unsure":
        kind = f"perhaps {kind}"
    score = f"{verdict.score:.2f}" if verdict.score is not None else ""
    said = " ".join(part for part in (kind, score) if part)
    return f" · {said}" if said else ""


def _because(verdict: Verdict) -> str:
    for evidence in verdict.evidence:
        if evidence.reply is not None or evidence.shadow is not None:
            return pair_words(evidence)
    return one_line(verdict.reason, 160)


def pair_words(evidence: Evidence, limit: int = 40) -> str:
    """A pair of spans as "Sydney" here, "Canberra" there."""
    here = f"“{one_line(evidence.reply.text, limit)}” here" if evidence.reply is not None else "nothing here"
    there = f"“{one_line(evidence.shadow.text, limit)}” there" if evidence.shadow is not None else "nothing there"
    return f"{here}, {there}"


def direction_words(verdict: Verdict, voice: str, reference: str) -> str:
    """Which of the two bent to what the user said, or nothing where that was not asked."""
    match verdict.direction:
        case "reply":
            return f"the {one_line(voice, 24)} bent to what you said"
        case "shadow":
            return f"the {one_line(reference, 24)} bent to what you said"
        case "neither":
            return "neither bent to what you said more than the other"  # both may have
        case None:
            return ""


def where_to_turn_words(note: str) -> str:
    """The note of the settings under a message that says a life is in danger, with whose words they are."""
    return f"{printable(note).strip()}\n(from warmchat, not from the model)"


def program_words(reference: str, *, checked: bool) -> tuple[str, str]:
    """What a voice beside the reference is, at length and short, for the header."""
    if not checked:
        return "a program; its words are not checked", "a program, unchecked"
    return f"a program; the {one_line(reference, 24)} checks its words", "a program, checked"


def flagged_words(voice: str, replies: int, checked: int, flagged: int, reference: str) -> str:
    """How many replies of a long talk were flagged."""
    times = "once" if replies == 1 else f"{replies:,} times"
    words = f"{voice} has replied {times} in this session. {checked:,} of the replies were compared with the "
    return words + f"{one_line(reference, 24)}; in {flagged:,} it would have said otherwise."


def tokens_per_second(reply_tokens: int, reply_s: float, first_token_s: float) -> float | None:
    """Speed of making the reply, reading left out; None where too little was measured to say."""
    seconds = reply_s - first_token_s
    return reply_tokens / seconds if reply_tokens > 1 and seconds > 0.01 else None


def start_words(notes: StartNotes | None, go_on: Callable[[CutOff], str]) -> list[tuple[str, str]]:
    """What is said at the start, as messages with hints; `go_on` says how to go on with a session that was cut off."""
    said = []
    if notes is not None and notes.expired:
        sessions = "session" if notes.expired == 1 else "sessions"
        gone = f"Deleted {notes.expired:,} {sessions} of more than {notes.days:,} days ago"
        why = "the setting keep_days wants it so"
        said.append((gone, why if notes.clean else f"{why}; {STILL_READ}"))
    if notes is not None and notes.cut_off is not None:
        asked = one_line(notes.cut_off.user_text, 60)
        said.append((f"The last chat was cut off: “{asked}” has no whole reply", go_on(notes.cut_off)))
    return said


def log_words(event: LogFailed | LogCaughtUp) -> tuple[str, str]:
    """That the log cannot be written, or can again, with what can be done."""
    from warmchat.domain.turn import LogFailed

    if isinstance(event, LogFailed):
        return f"{event.message}. The chat goes on, and is kept as soon as the log can be written", event.hint
    return "The log is written again: nothing is missing in it", ""


def stop_words(reply: Reply) -> str:
    """Why a reply ended where it did, if it did not end by itself."""
    match reply.stop:
        case "end":
            return ""
        case "length":
            return "cut off: the profile’s longest reply was reached"
        case "window":
            return "cut off: the context window is full"
        case "cancelled":
            return "stopped by you"
        case "interrupted":
            came = reply.text or reply.thinking
            return "interrupted: engine or program was lost, this is what came of it" if came else ""


def dial_words(position: float) -> str:
    """A position of the warmth dial, with its sign: 0, +0.50, -0.125."""
    said = f"{position:+.3f}"
    said = said[:-1] if said.endswith("0") else said
    return "0" if float(said) == 0 else said


def raw_words(strength: float) -> str:
    """A raw strength of an adapter, with its sign: 0, +0.25, -1.5."""
    said = f"{strength:+.3g}"
    return "0" if float(said) == 0 else said


def repetition_words(reply: Reply) -> str:
    """What can be done about a reply that repeats itself; "" where it does not."""
    if not repeats_itself(reply.text):
        return ""
    dial = reply.origin.dial or 0.0
    nearer = "lower the warmth dial or " if dial > 0 else "bring the warmth dial nearer to 0 or " if dial < 0 else ""
    return f"this reply repeats itself; {nearer}raise dry_multiplier" + ("" if nearer else " in its profile")


def window_words(voice: str, left_out: int) -> tuple[str, ...]:
    """What stands where a voice's window begins: at length, and ever shorter for where there is little room."""
    one = left_out == 1
    begins = f"the {one_line(voice, 24)} reads from here on"
    turns = f"{left_out:,} earlier {'turn' if one else 'turns'}"
    return (
        f"{begins}: {turns} {'is' if one else 'are'} no longer in its window",
        f"{begins}, without {turns}",
        "read from here on",
    )


def turn_words(count: int) -> str:
    """``1 turn``, ``2,000 turns``."""
    return f"{count:,} {'turn' if count == 1 else 'turns'}"


def size_words(size_bytes: int) -> str:
    """A file size for people."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"


def export_stem(session_id: str) -> str:
    """The name that an export is offered, without its ending. An imported session brings its id from elsewhere."""
    return f"warmchat-{re.sub(r'[^A-Za-z0-9_-]', '', session_id)[:64]}"
