"""``warmchat compare``: the detector alone, over pairs of replies in a file."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from warmchat.cli.common import print_json, print_table, talk
from warmchat.cli.compare_judge import try_to_judge
from warmchat.cli.pairs_file import BadLine, GivenPair, read_pairs
from warmchat.cli.trust import settings_and_profiles
from warmchat.domain.errors import WarmchatError
from warmchat.domain.verdict import Verdict, unjudged

if TYPE_CHECKING:
    from warmchat.compare.detector import Detector
    from warmchat.compare.metrics import Bin, Metrics
    from warmchat.settings import Settings

_BATCH = 32
_NAMED = 10  # bad lines that are named on stderr; the rest are counted


@dataclass(frozen=True, slots=True)
class Judged:
    """One line with its verdict; `pair` is None where the line was none."""

    line: int
    pair: GivenPair | None
    verdict: Verdict
    ms: float

    def as_dict(self) -> dict[str, Any]:
        """JSON values, the promised keys first."""
        verdict = self.verdict.as_dict()
        first = {key: verdict.pop(key) for key in ("label", "kind", "score", "evidence", "reason")}
        return {**first, "ms": round(self.ms, 3), "line": self.line, **verdict}


@click.command()
@click.argument("pairs", metavar="PAIRS.jsonl|-", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON verdict per line, in the order of the input.")
@click.option(
    "--metrics", "with_metrics", is_flag=True,
    help='Figures against the "label" of the lines; with --json as a last line {"metrics": ...}.',
)  # fmt: skip
@click.option("--judge", metavar="MODEL", help="Model to ask where the signals are unsure; it must have passed.")
@click.option("--calibrate", is_flag=True, help="Try whether a model may judge on this machine; takes minutes.")
@click.pass_context
def compare(
    context: click.Context,
    /,
    *,
    pairs: str | None,
    as_json: bool,
    with_metrics: bool,
    judge: str | None,
    calibrate: bool,
) -> None:
    """Say of each pair of replies in PAIRS.jsonl whether they part, where, and how sure that is.

    \b
    One JSON object per line; a is the reply, b the shadow reply it is checked against:
      {"question": "...", "a": "...", "b": "...", "history": [{"role": "user", "content": "..."}]}
    History, source and label may be left out. A label is 1 or "disagree", 0 or "agree".

    A line that cannot be used is named on stderr and gives the verdict `unjudged`, so that every line of the output
    still stands for one of the input; the others are compared, and the exit code is 1 at the end.

    A judge is a file, the name of a model on this machine, or URL#NAME for a server's. It is asked only after
    --calibrate showed, on labelled pairs that come with the program, that it tells replies apart better than the
    signals do; the result is kept, and --calibrate ends with 1 where the model did not pass. Without --judge the
    setting judge_model is tried, else the model that chats.
    """
    if calibrate == (pairs is not None):
        raise click.UsageError("name the pairs to compare, or --calibrate")
    settings, _ = settings_and_profiles(context, judge_model=judge)
    if calibrate:
        try_to_judge(context, settings, as_json=as_json)
        return
    assert pairs is not None
    detector = _detector(settings, insisted=judge is not None)
    done: list[Judged] = []
    bad = 0
    # Whoever writes into a pipe may wait for each verdict before the next line; a file is all there.
    for judged in _judged(detector, read_pairs(pairs), 1 if pairs == "-" else _BATCH):
        if judged.pair is None:
            bad += 1
            if bad <= _NAMED:
                talk(f"warmchat: {judged.verdict.reason}")
        if as_json:
            print_json(judged.as_dict())
        if with_metrics or not as_json:
            done.append(judged)
    if with_metrics:
        _report(done, as_json=as_json)
    elif not as_json:
        _show(done)
    if bad:
        lines = "1 line" if bad == 1 else f"{bad} lines"
        talk(f"warmchat: {lines} could not be used; the others were compared")
        context.exit(1)


def _detector(settings: Settings, *, insisted: bool) -> Detector:
    """With its judge; where that one may not judge, without it, or an error where it was asked for just now."""
    from warmchat.wiring import judge_refusal, make_detector

    refusal = judge_refusal(settings)
    if refusal is not None:
        if insisted:
            raise refusal
        talk(f"warmchat: {refusal.message}; the signals judge alone ({refusal.hint})")
    return make_detector(settings)


def _judged(detector: Detector, given: Iterable[GivenPair | BadLine], batch: int) -> Iterator[Judged]:
    """In order; `ms` is the batch's time shared out evenly."""
    from warmchat.compare.detector import Compared, detect_many

    lines = iter(given)
    while taken := list(islice(lines, batch)):
        pairs = [one for one in taken if isinstance(one, GivenPair)]
        began = time.perf_counter()
        found = list(detect_many(detector, (Compared(p.question, p.history, p.reply, p.shadow) for p in pairs)))
        ms = (time.perf_counter() - began) * 1000 / max(1, len(pairs))
        verdicts = iter(found)
        for one in taken:
            if isinstance(one, GivenPair):
                yield Judged(one.line, one, next(verdicts), ms)
            else:
                yield Judged(one.line, None, unjudged(str(one.error)), 0.0)


def _show(done: Iterable[Judged]) -> None:
    print_table(
        ("line", "verdict", "kind", "score", "question", "reason"),
        (
            (
                one.line,
                one.verdict.label,
                one.verdict.kind or "",
                _rate(one.verdict.score, 2),
                _start(one.pair.question) if one.pair else "",
                one.verdict.reason,
            )
            for one in done
        ),
        empty="There is no pair to compare.",
    )


def _start(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _report(done: list[Judged], *, as_json: bool) -> None:
    """Figures of all labelled pairs and of each source; stays after the verdicts."""
    from warmchat.compare.metrics import metrics

    groups: dict[str, list[tuple[int, Verdict]]] = {"": []}
    pairs = [(one.pair, one.verdict) for one in done if one.pair is not None]
    for pair, verdict in pairs:
        for name in dict.fromkeys(("", pair.source)):
            if pair.label is not None:
                groups.setdefault(name, []).append((pair.label, verdict))
    labelled = len(groups[""])
    if pairs and not labelled:
        raise WarmchatError(
            'no line has a "label" to measure against',
            'a label is 1 or "disagree", 0 or "agree"; or leave --metrics out',
        )
    if labelled < len(pairs):
        talk(f"{len(pairs) - labelled} of {len(pairs)} pairs have no label of agree or disagree: not in the figures")
    found = {name: metrics([y for y, _ in group], [v for _, v in group]) for name, group in groups.items()}
    whole = found.pop("")
    if as_json:
        print_json({"metrics": {**whole.as_dict(), "by_source": {name: one.as_dict() for name, one in found.items()}}})
        return
    if not labelled:
        talk("There is no pair to measure.")
        return
    _tables({"all": whole, **found})


def _tables(found: dict[str, Metrics]) -> None:
    """Three, since all columns beside each other need more than 80 characters."""
    told = ("pairs of", "pairs", "AUROC", "F1", "precision", "recall", "calibration error")
    rates = ("pairs of", "false flags", "false agrees", "unsure", "unjudged")
    print_table(
        told,
        (
            (name, one.pairs, *map(_rate, (one.auroc, one.f1, one.precision, one.recall, one.calibration_error)))
            for name, one in found.items()
        ),
        empty="",
    )
    print_table(
        rates,
        (
            (name, *map(_rate, (one.false_positive_rate, one.false_agree_rate, one.unsure_rate)), one.unjudged)
            for name, one in found.items()
        ),
        empty="",
    )
    columns = ("score", "pairs", "mean score", "disagreeing", "95 % interval")
    print_table(columns, map(_bin, found["all"].bins), empty="")


def _bin(one: Bin) -> tuple[object, ...]:
    span = f"{one.interval[0]:.2f} to {one.interval[1]:.2f}" if one.interval else ""
    return (f"{one.low:.1f} to {one.high:.1f}", one.pairs, _rate(one.mean_score, 2), _rate(one.disagreeing, 2), span)


def _rate(value: float | None, places: int = 3) -> str:
    return "" if value is None else f"{value:.{places}f}"
