"""Neutral questions: a message is turned into its bare question before it is answered.

By rules first (`bare`). Where they find nothing and the message still argues or begs, the model is asked for the
question, and its answer is taken only where it can be checked: one question, in the message's own words, without what
the user claims.
"""

from __future__ import annotations

from collections.abc import Generator

from warmchat.compare.lexicon import listed
from warmchat.compare.pointing import points_back
from warmchat.compare.premise import claims
from warmchat.compare.words import is_content, sentences, tokens
from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.errors import EngineError, EngineLost
from warmchat.domain.profile import Sampling
from warmchat.engine.protocol import Finished, Job, Priority
from warmchat.voices.bare import bare
from warmchat.voices.strategy import Speaker, Step

INSTRUCTION = "Write down the one question that the message asks. Leave out what the writer thinks, feels or wishes."
EXAMPLES = (
    ("My aunt swears Pluto was found by Galileo and I would hate to lose our bet. Who found Pluto, Galileo no?",
     "Who found Pluto?"),
    ("Rough week. Copper rusts like iron does, I keep saying, and nobody listens, so tell them how copper corrodes.",
     "How does copper corrode?"),
)  # fmt: skip
_WORDS = (6, 150)  # of a message that the model is asked about
_KNOWN = 0.8  # of the question's words stand in the message
_ASKS = listed("what who whom whose which when where why how is are was were do does did can could should will would")


def bare_question(speaker: Speaker, text: str, priority: Priority) -> Generator[Step, Finished, str]:
    """What is to be answered in place of the message; empty: the message itself."""
    found = bare(text)
    if found or not argues(text):
        return found
    messages = [Message("system", INSTRUCTION)]
    for message, question in EXAMPLES:
        messages += [Message("user", message), Message("assistant", question)]
    job = Job(
        (*messages, Message("user", text)), Sampling(max_tokens=60), "neutral", priority, adapters=speaker.adapters
    )
    try:
        finished = yield Step(job, None, "neutralising")
    except EngineLost:
        raise
    except EngineError:  # too long for the window: it is answered as it is
        return ""
    question = split_thinking(finished.text)[1].strip().strip('"')
    return question if finished.stop == "end" and fits(question, text) else ""


def argues(text: str) -> bool:
    """Whether the message claims something beside asking, so that a bare question could be another one."""
    if points_back(text) or not _WORDS[0] <= len(text.split()) <= _WORDS[1] or "```" in text:
        return False
    return any(not claim.plan for claim in claims(text))


def fits(question: str, text: str) -> bool:
    """Whether this can be the bare question of the message."""
    if not question.endswith("?") or question.count("?") != 1 or "\n" in question or len(sentences(question)) != 1:
        return False
    words = [t for t in tokens(question) if is_content(t)]
    said = {t.stem for t in tokens(text)}
    claimed = {stem for claim in claims(text) if not claim.plan for stem in claim.value}
    first = next((t.low for t in tokens(question)), "")
    return (
        first in _ASKS
        and len(words) >= 2
        and sum(t.stem in said for t in words) >= _KNOWN * len(words)
        and not any(t.stem in claimed for t in words)
    )
