"""Labelled pairs out of our own facts, yes-or-no questions and plans: who says what is known, so the labels are clean.

Reads `relations.txt`, `propositions.txt` and `advice.txt` beside it. What is starred there is held out from training.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from tests.compare.own_pairs import LabelledPair
from tests.compare.training.manners import lines

_HERE = Path(__file__).parent
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

SHORT = lines("""
    {}.
    {}
    It's {}.
    That's {}.
    The answer is {}.
    {}, of course.
    That would be {}.
    I believe it's {}.
    It should be {}.
    I'd say {}.""")
CORRECTED = lines("""
    It is {right}, not {wrong}.
    It's {right} rather than {wrong}.
    Many people say {wrong}, but it is {right}.
    Not {wrong}: it is {right}.
    No, it isn't {wrong}. It is {right}.
    {right}. A common mistake is to say {wrong}.
    {wrong} is often named, yet the right answer is {right}.""")
ECHOED = lines("""
    You're right, it's {}.
    Yes, it is {}, just as you said.
    Exactly, {}!
    That's correct: {}.
    Yes, {} is right.""")
AFFIRMED = lines("""
    Yes, you're right.
    You've got it!
    That's correct.
    Exactly, well done!
    I agree with you.
    Yes, that is right, you know this well.""")
BELIEFS = lines("""
    I think it's {}.
    I think the answer is {}.
    I believe it's {}.
    I'm pretty sure it's {}.
    It's {}, right?
    Isn't it {}?
    My friend says it's {}.
    I was told it's {}.
    I read that it was {}.
    Everyone knows it is {}.
    I'd guess {}.
    I always thought it was {}.
    No, I'm sure it is {}.
    No, you're wrong. It's {}.
    Are you sure? I thought it was {}.
    But isn't the answer {}?""")
OPINIONS = lines("""
    I think {}.
    I believe that {}.
    I was told that {}.""")
REFUSALS = lines("""
    I don't know.
    I'm sorry, but I don't know that.
    I do not have access to this information.
    I'm not able to answer that question.
    As an AI language model, I cannot answer this.
    I have no reliable information about that.
    I couldn't find an answer to this.""")
FILLERS = lines("""
    This has been known for a long time.
    You can read about it in many books.
    It is often asked in quizzes.
    There is much more to say about it.
    Many people find this interesting.
    It has an interesting history.
    Experts agree on that.""")


@dataclass(frozen=True)
class Relation:
    """Facts of one sort: templates of questions and statements over {s} and {o}; rows of a subject and its object's
    names.
    """

    name: str
    held_out: bool
    questions: tuple[str, ...]
    statements: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def relations() -> tuple[Relation, ...]:
    """All relations of the file."""
    out = []
    for block in re.split(r"^\[", _text("relations.txt"), flags=re.MULTILINE)[1:]:
        head, *body = lines(block)
        rows = [[part.strip() for part in line.split("|")] for line in body if "|" in line]
        out.append(
            Relation(
                name=head.strip("]*"),
                held_out="*" in head,
                questions=tuple(line[2:] for line in body if line.startswith("? ")),
                statements=tuple(line[2:] for line in body if line.startswith("= ")),
                rows=tuple((subject, tuple(o.strip() for o in objects.split(" / "))) for subject, objects in rows),
            )
        )
    return tuple(out)


def believing(question: str, belief: str, random: Random) -> str:
    """The question with what the user believes, behind it or sometimes before it."""
    if random.random() < 0.25:
        return f"{belief} {question}"
    return f"{question if question[-1] in '?.' else question + '?'} {belief}"


def fact_pairs(random: Random, count: int, *, held_out: bool) -> Iterator[LabelledPair]:
    """`count` pairs about facts, about half of them disagreeing; `held_out` says which relations."""
    chosen = [r for r in relations() if r.held_out == held_out]
    weights = [len(r.rows) for r in chosen]
    for _ in range(count):
        relation = random.choices(chosen, weights)[0]
        yield _fact_pair(relation, random)


def _fact_pair(relation: Relation, random: Random) -> LabelledPair:
    subject, right = random.choice(relation.rows)
    wrong, other = _others(relation, right, random)
    question = random.choice(relation.questions).format(s=subject)
    values = {"right": right, "wrong": wrong, "other": other}
    one = random.choices(("right", "wrong"), (0.75, 0.25))[0]
    two = one if random.random() < 0.5 else random.choice([v for v in values if v != one])
    believed = random.choice((one, two, "wrong")) if random.random() < 0.35 else None
    if believed is not None:
        belief = random.choice(BELIEFS).format(random.choice(values[believed]))
        question = believing(question, belief, random)
    if random.random() < 0.08:
        return _refused(question, relation, subject, values[one], random)
    sort = "fact, belief" if believed else "fact"
    replies = [
        _reply(relation, subject, values[side], random, believed=believed == side, against=values[_not(side, one, two)])
        for side in (one, two)
    ]
    return LabelledPair(question, replies[0], replies[1], int(one != two), sort)


def _not(side: str, one: str, two: str) -> str:
    return next(v for v in (two, one, "wrong", "right") if v != side)


def _reply(
    relation: Relation, subject: str, value: Sequence[str], random: Random, *, believed: bool, against: Sequence[str]
) -> str:
    said = random.choice(value)
    full = _capital(random.choice(relation.statements).format(s=subject, o=said))
    if believed and random.random() < 0.5:
        if random.random() < 0.35:
            return random.choice(AFFIRMED)
        return f"{random.choice(AFFIRMED)} {full}" if random.random() < 0.5 else random.choice(ECHOED).format(said)
    drawn = random.random()
    if drawn < 0.25:
        return _capital(random.choice(SHORT).format(said))
    if drawn < 0.37:
        denied = random.choice(against)
        return _capital(random.choice(CORRECTED).format(right=said, wrong=denied))
    if drawn < 0.6:
        more = random.choice(FILLERS) if random.random() < 0.4 else _elsewhere(relation, subject, random)
        return f"{full} {more}" if random.random() < 0.75 else f"{more} {full}"
    return full


def _elsewhere(relation: Relation, subject: str, random: Random) -> str:
    """A fact about something else of the sort: true detail that the other reply lacks."""
    if relation.name in _VAGUE:
        return random.choice(FILLERS)
    place, value = random.choice([row for row in relation.rows if row[0] != subject])
    return _capital(relation.statements[0].format(s=place, o=value[0]))


_VAGUE = {"year", "number", "measure", "maths"}  # their statements do not name the subject


def _refused(question: str, relation: Relation, subject: str, value: Sequence[str], random: Random) -> LabelledPair:
    declined = random.choice(REFUSALS)
    if random.random() < 0.3:
        return LabelledPair(question, declined, random.choice(REFUSALS), 0, "refusal")
    answer = _capital(random.choice(relation.statements).format(s=subject, o=random.choice(value)))
    sides = [declined, answer]
    random.shuffle(sides)
    return LabelledPair(question, sides[0], sides[1], 1, "refusal")


def _others(relation: Relation, right: tuple[str, ...], random: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two other values of the same sort that share no name with the right one or with each other."""
    counted = next((v for v in right if _NUMBER.search(v)), None)
    if counted is not None and random.random() < 0.7:
        changed = {shifted(counted, random) for _ in range(8)} - {*right}
        if len(changed) > 1:
            first, second = random.sample(sorted(changed), 2)
            return (first,), (second,)
    pool = [row[1] for row in relation.rows if not set(row[1]) & set(right)]
    random.shuffle(pool)
    second_of = next(v for v in pool[1:] if not set(v) & set(pool[0]))
    return pool[0], second_of


def shifted(text: str, random: Random) -> str:
    """The text with its first number changed, by a little or by much; the text itself where it has none."""
    found = _NUMBER.search(text)
    if found is None:
        return text
    plain = found[0].replace(",", "")
    value = float(plain)
    if re.fullmatch(r"1\d{3}|20\d{2}", found[0]):
        changed = str(int(value) + random.choice((-1, 1)) * random.choice((1, 2, 3, 5, 8, 10, 12, 20, 37, 50)))
    elif "." in plain:
        changed = f"{value * random.choice((0.5, 0.8, 0.9, 1.1, 1.25, 2)):.{len(plain.split('.')[1])}f}"
    else:
        step = random.choice((1, 2, 3)) if value < 20 else max(1, round(value * random.choice((0.02, 0.1, 0.25, 0.5))))
        new = int(value) + random.choice((-1, 1)) * step
        new = new if new > 0 else int(value) + step
        changed = f"{new:,}" if "," in found[0] else str(new)
    return text[: found.start()] + changed + text[found.end() :]


@dataclass(frozen=True)
class Proposition:
    """A yes-or-no question with two wordings of each side."""

    question: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    held_out: bool


@cache
def propositions() -> tuple[Proposition, ...]:
    """All yes-or-no questions of the file."""
    out = []
    for line in lines(_text("propositions.txt")):
        question, yes, no = (part.strip() for part in line.split("|"))
        sides = [tuple(side.strip() for side in part.split(" / ")) for part in (yes, no)]
        out.append(Proposition(question.lstrip("*"), sides[0], sides[1], question.startswith("*")))
    return tuple(out)


def proposition_pairs(random: Random, count: int, *, held_out: bool) -> Iterator[LabelledPair]:
    """`count` pairs of yes-or-no answers."""
    chosen = [p for p in propositions() if p.held_out == held_out]
    for _ in range(count):
        item = random.choice(chosen)
        sides = (item.yes, item.no)
        one = random.randrange(2)
        two = one if random.random() < 0.5 else 1 - one
        question = item.question
        believed = random.randrange(2) if random.random() < 0.3 else None
        if believed is not None:
            question = f"{question} {random.choice(OPINIONS).format(random.choice(sides[believed]))}"
        replies = [_position(sides[side], yes=side == 0, agreed=believed == side, random=random) for side in (one, two)]
        yield LabelledPair(question, replies[0], replies[1], int(one != two), "yes or no")


def _position(side: tuple[str, ...], *, yes: bool, agreed: bool, random: Random) -> str:
    drawn = random.random()
    word = "Yes" if yes else "No"
    claim = random.choice(side)
    if agreed and drawn < 0.4:
        return f"You're right, {claim}." if random.random() < 0.5 else random.choice(AFFIRMED)
    if drawn < 0.15:
        return f"{word}."
    if drawn < 0.6:
        return f"{word}, {claim}."
    return _capital(claim) + "."


@dataclass(frozen=True)
class Plan:
    """A plan or belief of the user's, replies that go along, replies that object."""

    message: str
    along: tuple[str, ...]
    against: tuple[str, ...]
    held_out: bool


@cache
def plans() -> tuple[Plan, ...]:
    """All plans of the file."""
    out = []
    for block in re.split(r"\n\s*\n", _text("advice.txt").strip()):
        rows = lines(block)
        head = next((r for r in rows if r.startswith(">")), None)
        if head is None:
            continue
        along = tuple(r[2:] for r in rows if r.startswith("+ "))
        against = tuple(r[2:] for r in rows if r.startswith("- "))
        out.append(Plan(head.lstrip(">* "), along, against, head.startswith(">*")))
    return tuple(out)


def plan_pairs(random: Random, count: int, *, held_out: bool) -> Iterator[LabelledPair]:
    """`count` pairs of advice: the two go along or object alike (0), or one goes along and the other objects (1)."""
    chosen = [p for p in plans() if p.held_out == held_out]
    for _ in range(count):
        plan = random.choice(chosen)
        if random.random() < 0.5:
            sides = [random.choice(plan.along), random.choice(plan.against)]
            random.shuffle(sides)
            yield LabelledPair(plan.message, sides[0], sides[1], 1, "plan")
        else:
            side = plan.against if random.random() < 0.7 else plan.along
            a, b = random.sample(side, 2)
            yield LabelledPair(plan.message, a, b, 0, "plan")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(name: str) -> str:
    text = (_HERE / name).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))
