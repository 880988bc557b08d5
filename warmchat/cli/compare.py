"""``warmchat compare``: the detector alone, over pairs of replies in a file."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from warmchat.cli.common import print_json, print_table
from warmchat.domain.conversation import Message, Role
from warmchat.domain.errors import WarmchatError
from warmchat.domain.verdict import Verdict

if TYPE_CHECKING:
    from warmchat.compare.metrics import Metrics

_HINT = 'one object per line: {"question": "...", "a": "the reply", "b": "the shadow reply"}'
_HISTORY_HINT = '"history" is a list of {"role": "user" or "assistant", "content": "..."}'
_ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class GivenPair:
    """One line of the input; `label` 1 = the two disagree, where the line says so."""

    line: int
    question: str
    reply: str
    shadow: str
    history: tuple[Message, ...]
    label: int | None
    source: str


@click.command()
@click.argument("pairs", metavar="PAIRS.jsonl|-")
@click.option("--json", "as_json", is_flag=True, help="One JSON verdict per line, in the order of the input.")
@click.option(
    "--metrics", "with_metrics", is_flag=True,
    help='Figures against the "label" (0 or 1) of each line; with --json as a last line {"metrics": ...}.',
)  # fmt: skip
def compare(pairs: str, as_json: bool, with_metrics: bool) -> None:
    """Say of each pair of replies in PAIRS.jsonl whether they part, where, and how sure that is.

    \b
    One JSON object per line; a is the reply, b the shadow reply it is checked against:
      {"question": "...", "a": "...", "b": "...", "history": [{"role": "user", "content": "..."}]}
    History, label and source may be left out.
    """
    done: list[tuple[GivenPair, Verdict]] = []
    try:
        for pair in _read(pairs, labelled=with_metrics):
            verdict, ms = _judge(pair)
            done.append((pair, verdict))
            if as_json:
                print_json({**verdict.as_dict(), "ms": round(ms, 3)})
    finally:  # a bad line ends the run, not what was found before it
        if not as_json and not with_metrics:
            _show(done)
    if with_metrics:
        _report(done, as_json=as_json)


def _judge(pair: GivenPair) -> tuple[Verdict, float]:
    from warmchat.wiring import make_detector

    detector = make_detector()
    began = time.perf_counter()
    verdict = detector.detect(pair.question, pair.history, pair.reply, pair.shadow)
    return verdict, (time.perf_counter() - began) * 1000


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(path).open("rb")  # noqa: SIM115  closed below; a read error inside shall not look like an open error
    except OSError as error:
        raise WarmchatError(
            f"{path} cannot be read: {error.strerror or error}", "name a JSONL file, or - for standard input"
        ) from error
    with file:
        yield file


def _read(path: str, *, labelled: bool) -> Iterator[GivenPair]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _pair(number, line, labelled=labelled)


def _pair(number: int, line: bytes, *, labelled: bool) -> GivenPair:
    try:
        given = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise WarmchatError(f"line {number} is no JSON: {error}", _HINT) from error
    if not isinstance(given, dict):
        raise WarmchatError(f"line {number} is no JSON object", _HINT)
    missing = [key for key in ("question", "a", "b") if not isinstance(given.get(key), str)]
    if missing:
        raise WarmchatError(f"line {number} has no text under {' and '.join(map(repr, missing))}", _HINT)
    label = given.get("label")
    if labelled and label not in (0, 1):
        raise WarmchatError(
            f'line {number} has no "label" of 0 or 1', "--metrics needs one on every line; 1 = the two disagree"
        )
    return GivenPair(
        line=number,
        question=_clean(given["question"]),
        reply=_clean(given["a"]),
        shadow=_clean(given["b"]),
        history=_history(number, given.get("history")),
        label=int(label) if label in (0, 1) else None,
        source=str(given.get("source", "")),
    )


def _history(number: int, given: Any) -> tuple[Message, ...]:
    if given is None:
        return ()
    problem = WarmchatError(f"line {number} has a history that cannot be read", _HISTORY_HINT)
    if not isinstance(given, list):
        raise problem
    messages = []
    for item in given:
        role = _ROLES.get(str(item.get("role"))) if isinstance(item, dict) else None
        if role is None or not isinstance(item.get("content"), str):
            raise problem
        messages.append(Message(role, _clean(item["content"])))
    return tuple(messages)


def _clean(text: str) -> str:
    """Lone surrogates, which JSON can spell and no encoding can write, become "?"; lengths stay."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _show(done: Iterable[tuple[GivenPair, Verdict]]) -> None:
    print_table(
        ("line", "verdict", "kind", "score", "question", "reason"),
        (
            (p.line, v.label, v.kind or "", "" if v.score is None else f"{v.score:.2f}", _start(p.question), v.reason)
            for p, v in done
        ),
        empty="There is no pair to compare.",
    )


def _start(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _report(done: list[tuple[GivenPair, Verdict]], *, as_json: bool) -> None:
    """Figures of all pairs and of each source; stays after the verdicts."""
    from warmchat.compare.metrics import metrics

    groups = {"all": list(done)}
    for pair, verdict in done:
        if pair.source:
            groups.setdefault(pair.source, []).append((pair, verdict))
    found = {name: metrics([p.label or 0 for p, _ in group], [v for _, v in group]) for name, group in groups.items()}
    if as_json:
        by_source = {name: value.as_dict() for name, value in found.items() if name != "all"}
        print_json({"metrics": {**found["all"].as_dict(), "by_source": by_source}})
        return
    print_table(
        (
            "pairs of",
            "pairs",
            "AUROC",
            "F1",
            "precision",
            "recall",
            "false flags",
            "false agrees",
            "unsure",
            "unjudged",
        ),
        (_figures(name, value) for name, value in found.items()),
        empty="There is no pair to measure.",
    )


def _figures(name: str, found: Metrics) -> tuple[object, ...]:
    rates = (
        found.auroc, found.f1, found.precision, found.recall, found.false_positive_rate, found.false_agree_rate,
        found.unsure_rate,
    )  # fmt: skip
    return (name, found.pairs, *("" if rate is None else f"{rate:.3f}" for rate in rates), found.unjudged)
