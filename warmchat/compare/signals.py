"""Every signal of a pair as a number in 0..1. Pure; the weights that turn them into a score stand in `weights`."""

from __future__ import annotations

from collections.abc import Sequence

from warmchat.compare.facts import name_known, number_known, told_names, told_numbers
from warmchat.compare.finding import Finding
from warmchat.compare.overlap import covered, jaccard
from warmchat.compare.reading import Pair, Reading
from warmchat.compare.stance import on_question, speaks_to, towards


def measure(pair: Pair, found: Sequence[Finding]) -> dict[str, float]:
    """The signals of a pair, but for the network's (`cross.signal_of`).

    Those named as a finding's signal hold the strength of its strongest finding. The others: `words_*` speak of content
    words apart (1 = nothing shared), `*_shared` of facts that both give, `bare_*` of sides that say
    nothing but the question's words, `restated` of how far they then repeat the same ones.
    """
    a, b = pair.reply, pair.shadow
    cover = covered(a.core_bag, b.bag), covered(b.core_bag, a.bag)
    answers = [x.answer.bag if x.answer else {} for x in (a, b)]
    answered = max(covered(answers[0], b.bag), covered(answers[1], a.bag))
    both_decline = a.refusal is not None and b.refusal is not None
    has_words = bool(a.core_bag) and bool(b.core_bag) and not both_decline
    values = {
        "words_apart": 1 - max(cover) if has_words else 0.0,
        "words_apart_either": 1 - min(cover) if has_words else 0.0,
        "words_jaccard_apart": 1 - jaccard(a.core_bag, b.core_bag) if has_words else 0.0,
        "answer_apart": 1 - answered if has_words else 0.0,
        "names_shared": _names_shared(pair),
        "numbers_shared": _numbers_shared(pair),
        "bare_one": float(bool(a.core_bag) != bool(b.core_bag) and not both_decline),
        "bare_both": float(not a.core_bag and not b.core_bag and not both_decline),
        "restated": _restated(a, b) if not a.core_bag and not b.core_bag else 0.0,
        "refusal_both": float(both_decline),
        "stance_shared": float(_stance_shared(pair)),
        "code_shared": float(bool(pair.code[0]) and pair.code[0] == pair.code[1]),
    }
    for finding in found:
        values[finding.signal] = max(values.get(finding.signal, 0.0), finding.strength)
    return values


def _names_shared(pair: Pair) -> float:
    asked = pair.asked.stems
    return _share(
        [name_known(n, pair.shadow, asked) for n in told_names(pair.reply.core, asked)],
        [name_known(n, pair.reply, asked) for n in told_names(pair.shadow.core, asked)],
    )


def _numbers_shared(pair: Pair) -> float:
    asked = pair.asked.numbers
    return _share(
        [number_known(q, pair.shadow) for q in told_numbers(pair.reply.core, asked)],
        [number_known(q, pair.reply) for q in told_numbers(pair.shadow.core, asked)],
    )


def _share(here: Sequence[bool], there: Sequence[bool]) -> float:
    """The better of the two shares of facts that the other side has too; 0 where a side gives none."""
    if not here or not there:
        return 0.0
    return max(sum(here) / len(here), sum(there) / len(there))


def _stance_shared(pair: Pair) -> bool:
    if pair.asked.yes_no and _plain(pair.reply) and _plain(pair.shadow):
        here, there = on_question(pair.reply, pair.asked), on_question(pair.shadow, pair.asked)
        if here and here == there:
            return True
    stances = [(towards(pair.reply, c, pair.asked), towards(pair.shadow, c, pair.asked)) for c in pair.asked.claims]
    # Two that merely say another thing may say two things: there their facts decide.
    spoken = all(speaks_to(side, c) for c in pair.asked.claims for side in (pair.reply, pair.shadow))
    return bool(stances) and all(x == y != 0 and (x > 0 or spoken) for x, y in stances)


def _restated(a: Reading, b: Reading) -> float:
    """How alike the question's words are that both repeat, 0..1."""
    here, there = (frozenset(w for i in side.core for w in i.stems) for side in (a, b))
    return len(here & there) / len(here | there) if here | there else 0.0


def _plain(reading: Reading) -> bool:
    return reading.refusal is None
