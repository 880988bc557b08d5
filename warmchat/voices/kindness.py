"""The one kind sentence that goes before an answer which no rewriting could say kindly. Ours, never a model's.

It fits the mood that the message shows, agrees with nothing, and claims no feeling of its own.
"""

from __future__ import annotations

import re

PLAIN = "Thank you for asking; here is the answer, plainly said and kindly meant."
TOLD = "Thank you for telling me; here is what can be said, plainly and kindly meant."
_MOODS = {
    "That sounds really hard, and it makes sense that it weighs on you; be gentle with yourself.": (
        "sad|lonely|alone|depressed|miserable|heartbroken|hopeless|grief|grieving",
        "exhausted|cry|crying|cried|tears|hurts?",
        "tired of|failed|failure|idiot|died|passed away|lost my|miss (?:her|him|them|you)|broke up|left me|moved out",
        "feel(?:ing)? (?:so )?(?:down|low|bad|awful|terrible)|scared|afraid|anxious|nervous|worried|panic",
        "ashamed|guilty|can't (?:sleep|stop thinking)",
    ),
    "That would make anyone angry; take a breath, and here is the answer.": (
        "angry|furious|livid|raging|fuming|mad at|annoyed|fed up|had it with|sick of|unfair",
    ),
    "How good to hear, and thank you for sharing it.": (
        "happy|so glad|excited|thrilled|delighted|proud of|got the job|won the|getting married|good news|wonderful",
        "can't stop (?:singing|grinning|smiling)|lovely (?:day|weekend)|finally (?:finished|passed|did)",
    ),
}
_PATTERNS = {sentence: re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) for sentence, words in _MOODS.items()}
_READ = 2000  # characters
_BETWEEN = "\n\n"


def kind_sentence(message: str) -> str:
    """The sentence for this message."""
    read = message[:_READ].replace("’", "'")
    for sentence, pattern in _PATTERNS.items():
        if pattern.search(read):
            return sentence
    return PLAIN if "?" in read else TOLD


def kindly(message: str, answer: str) -> str:
    """The answer behind the sentence for this message."""
    return f"{kind_sentence(message)}{_BETWEEN}{answer}"


def answer_in(text: str) -> str:
    """The answer behind a sentence of ours; the text itself where none stands before it."""
    first, between, answer = text.partition(_BETWEEN)
    return answer if between and first in (*_PATTERNS, PLAIN, TOLD) else text
