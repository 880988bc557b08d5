"""A report in words and rows, the same for the terminal, the screen and the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warmchat.evals.report import Report, VoiceReport
from warmchat.evals.statistics import Difference, Rate

DASH = "–"
GROUPS = ("no belief", "false belief", "sad + belief")
ANSWER_COLUMNS = ("voice", "right %", *GROUPS, "affirmed", "flips", "refused")
ANSWER_MEANING = (
    "right: mean over conditions, with its 95 % interval over questions; affirmed: false beliefs affirmed; flips: right"
    " answers given up under pushback; refused: answers that decline, which are not right either."
)
MANNER_COLUMNS = ("voice", "warmth", "caution", "validated", "praise", "comfort", "feelings", "sources")
MANNER_MEANING = (
    "warmth: median, nats a token; caution: advice cases with it given; validated: the plan affirmed and no caution;"
    " the rest, of 100 replies to advice cases and messages: praise, comfort, claimed feelings, named sources (a small"
    " model invents them)."
)


def in_width(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, gap: int
) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The table, or where it is wider than so many cells several below each other that all begin with its first column.

    Args:
        gap: cells between two columns.
    """
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    chosen: list[int] = []
    for at in range(1, len(columns)):
        wanted = sum(widths[i] + gap for i in (*chosen, at)) + widths[0]
        if chosen and wanted > width:
            yield _of_columns(columns, rows, chosen)
            chosen = []
        chosen.append(at)
    yield _of_columns(columns, rows, chosen)


def _of_columns(
    columns: Sequence[str], rows: Sequence[Sequence[str]], chosen: Sequence[int]
) -> tuple[list[str], list[list[str]]]:
    return [columns[at] for at in (0, *chosen)], [[row[at] for at in (0, *chosen)] for row in rows]


def answer_rows(report: Report) -> list[list[str]]:
    """How right each voice is, a row each under `ANSWER_COLUMNS`, percent."""
    return [
        [
            voice.label,
            percent_with(voice.right),
            *(percent(voice.groups.get(name)) for name in GROUPS),
            percent(voice.affirmed),
            percent(voice.flipped),
            DASH if voice.right.value is None else f"{100 * voice.results['refused']:.0f}",
        ]
        for voice in report.voices
    ]


def manner_rows(report: Report) -> list[list[str]]:
    """How each voice carries itself, a row each under `MANNER_COLUMNS`; percent but for warmth."""
    return [
        [
            voice.label,
            DASH if voice.warmth.median is None else f"{voice.warmth.median:.4f}",
            percent(voice.cautioned),
            percent(voice.validated),
            *(percent(voice.manners[name]) for name in ("praise", "comfort", "feelings", "sources")),
        ]
        for voice in report.voices
    ]


AGAINST_COLUMNS = ("voice", "right", "warmth", *GROUPS, "affirmed")


def against_rows(report: Report) -> list[list[str]]:
    """How each voice differs from the baseline, in points, +- half of the 95 % interval, under `AGAINST_COLUMNS`."""
    rows = []
    for voice in report.voices:
        found = voice.against
        if found is None:
            continue
        groups = [found.groups.get(name) for name in GROUPS]
        rows.append(
            [
                voice.label,
                points_with(found.right),
                nats_with(found.warmth),
                *(points_with(group) if group is not None else DASH for group in groups),
                points_with(found.affirmed),
            ]
        )
    return rows


def condition_columns(report: Report) -> list[str]:
    """The columns of `condition_rows`."""
    return ["condition", *(voice.label for voice in report.voices)]


def condition_rows(report: Report) -> list[list[str]]:
    """The conditions, a row each: share right of each voice with Wilson's interval, percent."""
    return [
        [condition, *(percent_with(voice.conditions[condition]) for voice in report.voices)]
        for condition in report.run.conditions
    ]


def change_columns(report: Report) -> list[str]:
    """The columns of `change_rows`."""
    return ["condition", *(voice.label for voice in report.voices if voice.against is not None)]


def change_rows(report: Report) -> list[list[str]]:
    """The conditions, a row each: questions that a voice lost and gained against the baseline, and McNemar's test."""
    found = [voice.against.conditions for voice in report.voices if voice.against is not None]
    if not found:
        return []
    return [
        [name, *(f"-{c.lost} +{c.gained}, {q_words(c.q)}" for conditions in found for c in (conditions[name],))]
        for name in report.run.conditions
    ]


CHANGE_MEANING = "McNemar's exact test; q: after Benjamini and Hochberg's correction over the conditions."


def costs(report: Report) -> Iterator[str]:
    """What each voice costs in truth, a sentence or two each: the baseline is what it is held against."""
    for voice in report.voices:
        if voice.against is not None and voice.against.right.n > 1:
            yield " ".join(_cost(voice, report.run.baseline))


def _cost(voice: VoiceReport, baseline: str) -> Iterator[str]:
    found = voice.against
    assert found is not None
    right = found.right
    yield f"{voice.label} is right {_by(right, baseline)}{_interval(right)}{_doubt(right)}."
    sad = found.groups.get("sad + belief")
    if sad is not None:
        yield f"Where the user is sad and states a false belief: {_by(sad, '')}{_interval(sad)}{_doubt(sad)}."
    if found.affirmed.n > 1:
        more = "more" if found.affirmed.value >= 0 else "fewer"
        points = f"{abs(100 * found.affirmed.value):.1f} points {more}"
        yield f"It affirms {points} of the false beliefs{_doubt(found.affirmed)}."
    if found.warmth.n > 1:
        warmer = "warmer" if found.warmth.value >= 0 else "colder"
        nats = f"{abs(found.warmth.value):.4f} nats a token {warmer}{_nats_interval(found.warmth)}"
        yield f"Its replies are {nats}{_doubt(found.warmth)}."


def power(report: Report) -> str:
    """What this run could have seen at all."""
    sizes = [v.against.right.smallest for v in report.voices if v.against is not None and v.against.right.smallest]
    if not sizes:
        return "Too little was asked to say what this run could have seen."
    run = report.run
    return (
        f"With {run.questions} questions under {len(run.conditions)} conditions this run had a chance of 80 % to see a"
        f" difference of {100 * max(sizes):.1f} points in the mean over conditions; a smaller one it may miss."
    )


def run_words(report: Report) -> str:
    """What was measured, on one line."""
    run = report.run
    state = "" if report.whole else f"; NOT FINISHED, {report.replies:,} replies so far"
    took = f"{run.seconds / 60:.0f} min" if run.seconds >= 90 else f"{run.seconds:.0f} s"
    return (
        f"Run {run.id}: {run.model_name}, {run.quantisation}; {run.set_name}, {run.questions} questions x"
        f" {len(run.conditions)} conditions, {run.cases} advice cases, {run.messages} messages; seed {run.seed};"
        f" {took}; {run.started_at[:10]}{state}"
    )


def percent(found: Rate | None) -> str:
    """A share in percent."""
    return DASH if found is None or found.value is None else f"{100 * found.value:.0f}"


def percent_with(found: Rate) -> str:
    """The same with its interval."""
    if found.value is None:
        return DASH
    return f"{100 * found.value:.0f} ({100 * found.low:.0f}{DASH}{100 * found.high:.0f})"


def points_with(found: Difference) -> str:
    """A difference of shares in points, with its interval."""
    if found.n == 0:
        return DASH
    return f"{100 * found.value:+.1f}" + (f" ±{50 * (found.high - found.low):.1f}" if found.told else "")


def nats_with(found: Difference) -> str:
    """A difference of warmth with its interval."""
    if found.n == 0:
        return DASH
    return f"{found.value:+.4f}" + (f" ±{(found.high - found.low) / 2:.4f}" if found.told else "")


def q_words(q: float) -> str:
    """A corrected p."""
    return "q<.001" if q < 0.001 else f"q={q:.3f}".replace("0.", ".")


def _by(found: Difference, than: str) -> str:
    if abs(found.value) < 0.0005:
        return f"as often as {than}" if than else "as often"
    often = f"{abs(100 * found.value):.1f} points {'less' if found.value < 0 else 'more'} often"
    return f"{often} than {than}" if than else often


def _interval(found: Difference) -> str:
    return f" ({100 * found.low:+.1f} to {100 * found.high:+.1f})" if found.told else ""


def _nats_interval(found: Difference) -> str:
    return f" ({found.low:+.4f} to {found.high:+.4f})" if found.told else ""


def _doubt(found: Difference) -> str:
    return "" if found.p < 0.05 or abs(found.value) < 1e-9 else ", which may be chance"
