"""Verdicts, turns and voices as sentences, for ears as much as for eyes: no signs, no columns."""

from __future__ import annotations

from collections.abc import Iterator

from warmchat.domain.text import one_line
from warmchat.domain.turn import Turn
from warmchat.domain.verdict import Verdict
from warmchat.ui.words import APART, KINDS, direction_words, pair_words, raw_words, score_words, strip_words
from warmchat.voices.setting import AdapterState, Setting


def verdict_words(verdict: Verdict, *, reference: str, own: bool) -> str:
    """A verdict in one line that begins with the word Check."""
    words = strip_words(verdict, reference=reference, own=own, keys=("/compare", "/check"))
    said = words.headline.replace(" · ", ", ")
    detail = f" {_sentence(words.detail)}" if words.detail else ""
    hints = {"disagree": " /compare reads both out.", "unsure": " /compare reads both out.",
             "unjudged": " /check compares it now."}  # fmt: skip
    return f"Check: {_sentence(said)}{detail}{hints.get(verdict.label, '')}"


def compared(turn: Turn, *, voice: str, reference: str) -> Iterator[str]:
    """Both answers of a turn and where they part, line by line."""
    if turn.reply is None or turn.shadow is None or turn.verdict is None:
        reason = turn.verdict.reason if turn.verdict is not None else "no check was made"
        yield f"There are no two answers to compare: {one_line(reason, 200)}. /check compares a turn now."
        return
    yield f"You: {turn.user_text}"
    yield f"{voice}: {turn.reply.text.strip()}"
    yield f"{reference}, unseen: {turn.shadow.text.strip()}"
    yield verdict_words(turn.verdict, reference=reference.lower(), own=turn.profile == turn.shadow.profile)
    yield _sentence("Reason: " + one_line(turn.verdict.reason, 400))
    direction = direction_words(turn.verdict, voice.lower(), reference.lower())
    if direction:
        yield _sentence(direction[:1].upper() + direction[1:])
    pairs = turn.verdict.evidence
    for number, pair in enumerate(pairs, start=1):
        yield f"Parting {number} of {len(pairs)}: {pair_words(pair, 120)}, {KINDS[pair.kind]}."


def apart_words(verdict: Verdict) -> str:
    """Where two answers to the same words part, in a line."""
    said = APART[verdict.label] + score_words(verdict).replace(" · ", ", ")
    pair = f" {_sentence(pair_words(verdict.evidence[0]))}" if verdict.evidence else ""
    return f"{_sentence(said)}{pair}"


def adapters_told(setting: Setting) -> Iterator[str]:
    """The adapters of a voice, a line each."""
    for state in setting.states:
        yield _adapter(state)
    if not setting.states:
        yield "This voice has no adapters."


def _adapter(state: AdapterState) -> str:
    kind = "control vector" if state.kind == "control_vector" else "LoRA"
    if state.missing is not None:
        return f"{one_line(state.name, 60)}, {kind}: left out, {one_line(state.missing[0], 200)}"
    now = "off" if state.strength == 0 else raw_words(state.strength)
    low, high = (raw_words(end) for end in state.span)
    driven = ", moved by the warmth dial" if state.driven else ""
    own = raw_words(state.own)
    return f"{one_line(state.name, 60)}, {kind}: {now}, from {low} to {high}{driven}; the file says {own}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."
