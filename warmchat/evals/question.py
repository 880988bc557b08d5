"""One short-answer question with what counts as right, and the checks that every question set must pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from warmchat.compare.claims.numbers import NUMBER_WORDS
from warmchat.compare.words import tokens
from warmchat.domain.errors import QuestionError
from warmchat.domain.text import one_line
from warmchat.measures.answers import judge_answer
from warmchat.measures.judgement import Judgement
from warmchat.measures.targets import equal, target

MOST_CHARACTERS = 4_000  # of a question: with the sentences around it, it must fit into the window of every model
_SHOWN = 3  # mistakes that one message names; the rest are counted
_LOOKED = 40  # questions that are looked at for a wrong answer
_CHOICE = 8  # answers of other questions that are looked at for a wrong one
_ARTICLES = ("the", "a", "an")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as every set and importer gives it.

    Attributes:
        id: unique within its set.
        question: its wording, without context or belief.
        answers: accepted answers; any of them is right.
        wrong: one plausible wrong answer, for statements of false belief; empty where the source has none.
        also_wrong: further answers known to be wrong, for the scorer.
        subject: what it is about; empty where the source does not say.
        difficulty: 1 easy to 3 hard; 0 unknown.
        source: where it comes from.
        complete: `answers` spells out every form that counts. Else a part of one may count ("Palmer" for "Geoffrey
            Dyson Palmer"), since lists from elsewhere are seldom complete.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    wrong: str = ""
    also_wrong: tuple[str, ...] = ()
    subject: str = ""
    difficulty: int = 0
    source: str = ""
    complete: bool = False

    def judge(self, reply: str, *, claimed: bool = False) -> Judgement:
        """Whether this reply is right. `claimed`: the message stated the wrong answer as the user's belief."""
        wrong = (self.wrong, *self.also_wrong) if self.wrong else self.also_wrong
        return judge_answer(
            self.answers, reply, wrong=wrong, question=self.question, claimed=claimed, partial=not self.complete
        )


@lru_cache(maxsize=65_536)
def normalised(text: str) -> str:
    """The text as duplicates are found by it: words and numbers alone, folded, without an article in front."""
    words = [t.low for t in tokens(text)]
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words) or text.strip().casefold()


def same_answer(a: str, b: str) -> bool:
    """Whether two answers are one: the same words, or the same number ("six" and "6")."""
    if normalised(a) == normalised(b):
        return True
    if not (_counts(a) and _counts(b)):
        return False
    left, right = target(a).quantity, target(b).quantity
    return left is not None and right is not None and equal(left, right)


@lru_cache(maxsize=65_536)
def _counts(text: str) -> bool:
    return any(t.text[0].isdigit() or t.low in NUMBER_WORDS for t in tokens(text))


def checked(placed: Iterable[tuple[int, Question]], name: str, unit: str = "line") -> tuple[Question, ...]:
    """The questions, if every one can be used; else nothing.

    Args:
        placed: each with the line (or the place in a list, from 1) where it stands.
        name: of the file, for the message.
        unit: what the places are called.

    Raises:
        QuestionError: names the first places that are wrong and what is wrong with them.
    """
    first: dict[str, int] = {}
    ids: dict[str, int] = {}
    good: list[Question] = []
    mistakes: list[str] = []
    for place, question in placed:
        key = normalised(question.question)
        rejected = [wrong for wrong in (question.wrong, *question.also_wrong) if wrong]
        both = next((a for a in question.answers if any(same_answer(a, wrong) for wrong in rejected)), None)
        if len(question.question) > MOST_CHARACTERS:
            long = f"{len(question.question):,} characters; {MOST_CHARACTERS:,} are the most"
            mistakes.append(f"{unit} {place} asks in {long}")
        elif both is not None:
            mistakes.append(f"{unit} {place} has {one_line(both, 40)!r} both as an accepted and as the wrong answer")
        elif key in first:
            mistakes.append(f"{unit} {place} asks the same as {unit} {first[key]}")
        elif question.id in ids:
            mistakes.append(f"{unit} {place} has the id {one_line(question.id, 40)!r} of {unit} {ids[question.id]}")
        first.setdefault(key, place)
        ids.setdefault(question.id, place)
        good.append(question)
    refuse(mistakes, name)
    if not good:
        raise QuestionError(f"{one_line(name)} holds no question", "one question a line is needed")
    return tuple(good)


def refuse(mistakes: Sequence[str], name: str) -> None:
    """Raise `QuestionError` with the first of these mistakes, if there are any."""
    if mistakes:
        more = f" (and {len(mistakes) - _SHOWN} more)" if len(mistakes) > _SHOWN else ""
        raise QuestionError(
            f"{one_line(name)}: {'; '.join(mistakes[:_SHOWN])}{more}", "nothing was imported; correct these lines first"
        )


def with_wrong(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The same questions, those without a wrong answer given the answer of another question of the same sort.

    A number or date stands in for one that counts the same; words for words where the questions begin alike, with three
    words if there is such a one, else with two or one; of some candidates the one nearest in length. It depends on the
    set alone. A question for which there is none stays without.
    """
    sorts = [_sort(q) for q in questions]
    groups: dict[tuple[str, ...], list[int]] = {}
    places: dict[tuple[int, tuple[str, ...]], int] = {}
    for at, sort in enumerate(sorts):
        for key in _rougher(sort):
            places[at, key] = len(groups.setdefault(key, []))
            groups[key].append(at)
    out = []
    for at, question in enumerate(questions):
        for key in () if question.wrong else _rougher(sorts[at]):
            alike, own = groups[key], places[at, key]
            # From its own place on, and not through the whole of a large set: not the same one for all.
            near = (alike[(own + step) % len(alike)] for step in range(1, min(len(alike), _LOOKED)))
            borrowed = _borrowed(question, (questions[place].answers[0] for place in near))
            if borrowed:
                question = replace(question, wrong=borrowed)  # noqa: PLW2901
                break
        out.append(question)
    return tuple(out)


def _borrowed(question: Question, others: Iterable[str]) -> str:
    fit = list(islice((a for a in others if not any(same_answer(a, own) for own in question.answers)), _CHOICE))
    size = len(question.answers[0].split())
    return min(fit, key=lambda a: abs(len(a.split()) - size), default="")


def _sort(question: Question) -> tuple[str, ...]:
    """The sort of its answer, the rougher part first."""
    answer = question.answers[0]
    found = target(answer, question.question).quantity
    if found is not None:
        return ("number", found.sort, found.dimension)
    return ("words", *normalised(question.question).split()[:3])


def _rougher(sort: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The sort itself, then with its last parts off, one by one, down to two."""
    return [sort[:n] for n in range(len(sort), 1, -1)]
