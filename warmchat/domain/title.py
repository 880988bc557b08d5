"""A session's title, from its first message alone: nothing is asked of the model for it."""

from __future__ import annotations

import re

from warmchat.domain.text import one_line, printable

LENGTH = 60
LOOKED_AT = 20_000  # characters from the beginning and from the end: a file may stand before the question, or after it

# Possessive, and a line at a time: what people paste may be a million backticks or line ends.
_FENCED = re.compile(r"^(?:[^\n]*:\n)?(`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"^[ \t]*+>.*$", re.MULTILINE)
_GREETING = re.compile(
    r"\A\W*(?:hi|hey|hello|hiya|greetings|good (?:morning|afternoon|evening|day)|dear)\b"
    r"(?:[ \t]+(?:there|all|again|friend|everyone|oracle|companion|computer|assistant))*[ \t]*(?:[,.!:;\n–-]+|\Z)\s*",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\A(?:(?:so|well|ok|okay|now|please),?\s+|(?:can|could|would|will) you (?:please )?(?:tell me )?"
    r"|(?:i|i'd) (?:want|like) to know |i was wondering |tell me )+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]*(?:\.(?=\S)[^.!?\n]*)*(?:[.!?]+|\n|\Z)")
# A question of these words alone asks about what was said before it: "What is it?", "Is that right?"
_POINTING = re.compile(
    r"(?:a|am|an|and|are|aren|be|can|correct|did|didn|do|does|doesn|don|he|how|i|is|isn|it|its|m|me|my|no|not|of|okay|or|ok"
    r"|really|re|right|she|so|sure|s|that|they|the|think|this|true|t|was|we|what|when|where|which|who|why|will|with"
    r"|would|wrong|yes|your|you)",
)


def title_of(message: str) -> str:
    """The question that a message asks, else its first sentence: one line of at most 60 characters, ended at a word.

    Files, code, quotations and greetings are passed over where anything else is left. Empty where no word is left.
    """
    if len(message) > 2 * LOOKED_AT:
        message = f"{message[:LOOKED_AT]}\n{message[-LOOKED_AT:]}"
    text = printable(message)
    for unwanted in (_FENCED, _QUOTED, _GREETING):
        rest = unwanted.sub("", text)
        text = rest if _words(rest) >= 2 else text
    sentences = [found.group().strip() for found in _SENTENCE.finditer(text) if re.search(r"\w", found.group())]
    if not sentences:
        return ""
    said = next((s for s in sentences if s.endswith("?") and not _points(s)), sentences[0])
    bare = _ASKING.sub("", said)
    said = bare if _words(bare) >= 2 else said
    said = message if _words(said) < 2 and len(one_line(message)) <= LENGTH else said
    line = one_line(said, 10 * LENGTH).rstrip(".!:;, ")
    if not one_line(message, 10 * LENGTH).startswith(line[:LENGTH]):  # something went before it
        line = line[:1].upper() + line[1:]
    if len(line) <= LENGTH:
        return line
    cut = line[: LENGTH - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > LENGTH // 2 else cut).rstrip(",;: ") + "…"


def _points(question: str) -> bool:
    return all(_POINTING.fullmatch(word) for word in re.findall(r"\w+", question.lower()))


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))
