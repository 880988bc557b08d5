"""The card of a control vector: how it was made and what it does, in Markdown, for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warmchat.adapters.directions import Separation
from warmchat.adapters.effect import Effect
from warmchat.adapters.measuring import Measured
from warmchat.adapters.strengths import gain
from warmchat.adapters.vector_file import VectorFacts

_READ = {
    "replies": "replies to shipped messages, made under the two prompts, were read without any prompt.",
    "starts": "states after shipped messages under the two prompts, each a mean over beginnings of a reply.",
}
BAR = 40  # characters of the longest bar in the plot


def card_of(facts: VectorFacts, measured: Measured | None, seconds: dict[str, float]) -> str:
    """The whole card; `seconds` are those of each phase."""
    parts = [_head(facts), _made(facts, seconds)]
    if measured is None:
        parts.append("## What it does\n\nNot measured: its dial has no range yet. Small strengths first (0.1, 0.2).")
    else:
        parts += [_dial(measured), _plot(measured), _separation(measured), _windows(measured), _samples(measured)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(facts: VectorFacts) -> str:
    lines = [
        f"# {facts.name}",
        "",
        f"A control vector for {facts.model_name} ({facts.architecture}, {facts.quantisation}), base `{facts.base}`.",
        f"It acts on layers {facts.layers[0]} to {facts.layers[1]}.",
    ]
    if facts.strengths is not None:
        low, high = facts.strengths
        lines.append(f"The dial's ends, -1 and +1, are the raw strengths {low:g} and {high:g}.")
    if facts.recommended is not None:
        lines.append(f"Recommended strength: {facts.recommended:.3g}.")
    return "\n".join(lines)


def _made(facts: VectorFacts, seconds: dict[str, float]) -> str:
    times = ", ".join(f"{name} {took:.0f} s" for name, took in seconds.items())
    return "\n".join([
        "## How it was made",
        "",
        f"`warmchat adapters vector --from {facts.from_profile[0]} --against {facts.against_profile[0]} "
        f"--name {facts.name} --method {facts.method} --read {facts.read} "
        f"--{'' if facts.examples else 'no-'}examples`, version {facts.version}, "
        f"on {facts.created}.",
        "",
        f"- Prompts: `{facts.from_profile[0]}` ({facts.from_profile[1]}) against `{facts.against_profile[0]}` "
        f"({facts.against_profile[1]}), adapters off"
        + (f"; our warm and cold examples ({facts.examples}) before each message." if facts.examples else "."),
        f"- {facts.pairs} pairs of " + _READ[facts.read] + " The direction of a layer is the "
        + ("mean of the differences." if facts.method == "mean" else "first principal component of the differences."),
        f"- Model: `{facts.model}`.",
        f"- Time: {times}.",
    ])  # fmt: skip


def _dial(measured: Measured) -> str:
    plain = measured.plain
    rows = sorted([*measured.rows, plain], key=lambda row: row.strength)
    table = _table(
        ("dial", "strength", "warmth", "gain", "repetition %", "looping %", "right %", "right, belief %", "words"),
        [
            (f"{row.dial:+.2f}" if row.dial else "0", f"{row.strength:.3g}", *_figures(row, plain))
            for row in rows
        ] + [("prompt", "0", *_figures(measured.prompted, plain))],
    )  # fmt: skip
    best = measured.best
    said = (
        "No strength made the replies warmer without more repetition." if best is None else
        f"Recommended: dial {best.dial:+.2f}, strength {best.strength:.3g}: {gain(best, plain):+.3f} nats a token."
    )  # fmt: skip
    return (
        "## What it does\n\nReplies to held-out messages without a system prompt, and short questions, plain and "
        "with a false belief added. Greedy, no penalties on repetition.\nWarmth: median of the warmth score, nats a "
        "token, as this model scores it; gain: over the model without the vector (the paper's warm models: +0.016).\n"
        "\"prompt\" is the first profile's system prompt without the vector.\n\n"
        f"{table}\n\n{said}"
    )  # fmt: skip


def _figures(row: Effect, plain: Effect) -> tuple[str, ...]:
    warmth = "" if row.warmth.median is None else f"{row.warmth.median:.3f}"
    return (
        warmth, f"{gain(row, plain):+.3f}", f"{row.repetition:.1f}", f"{row.looping:.0f}", f"{row.right:.0f}",
        f"{row.right_belief:.0f}", f"{row.words:.0f}",
    )  # fmt: skip


def _plot(measured: Measured) -> str:
    rows = sorted([*measured.rows, measured.plain], key=lambda row: row.strength)
    known = [row.warmth.median for row in rows if row.warmth.median is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    scale = BAR / (high - low) if high > low else 0.0
    lines = ["```", f"warmth {low:.3f} to {high:.3f} nats a token"]
    for row in rows:
        length = 0 if row.warmth.median is None else round((row.warmth.median - low) * scale)
        lines.append(f"{row.dial or 0:+5.2f} |{'#' * length}")
    return "\n".join([*lines, "```"])


def _separation(measured: Measured) -> str:
    if not measured.written and not measured.own:
        return ""
    rows = []
    for index, layer in enumerate(s.layer for s in measured.written or measured.own):
        found = [_rates(part, index) for part in (measured.written, measured.own)]
        rows.append((str(layer), *found[0], *found[1]))
    return (
        "## Warm and cold replies told apart without any prompt\n\nMean state over each reply, read bare and laid "
        "along the direction. None of these messages or replies was used for the vector. \"Written\": by us, the same "
        "content warm and cold; \"own\": what the model says under the two prompts.\n"
        "Right: by a threshold from the other replies; AUROC; paired: the warm one lies further, of two replies to one "
        "message.\n\n"
        + _table(
            ("layer", "written: right %", "AUROC", "paired %", "own: right %", "AUROC", "paired %"),
            rows,
        )
    )


def _rates(found: Sequence[Separation], index: int) -> tuple[str, str, str]:
    if index >= len(found):
        return "", "", ""
    one = found[index]
    return f"{100 * one.accuracy:.0f}", f"{one.auroc:.2f}", f"{100 * one.paired:.0f}"


def _windows(measured: Measured) -> str:
    if not measured.windows:
        return ""
    return (
        "## Layers that were tried\n\nA small push over a range of layers. Gain: nats a token by which warm replies "
        "became likelier against cold ones; harm: by which the model's own replies became less likely; worth: gain "
        "over the root of harm. The range of most worth is used.\n\n"
        + _table(
            ("layers", "gain", "harm", "worth"),
            [
                (f"{w.first}-{w.last}", f"{w.gain:+.3f}", f"{w.harm:.3f}", f"{w.worth:.2f}")
                for w in sorted(measured.windows, key=lambda w: -w.worth)
            ],
        )
    )


def _samples(measured: Measured) -> str:
    best = measured.best or (measured.rows[-1] if measured.rows else None)
    coldest = measured.rows[0] if measured.rows else None
    if best is None or coldest is None:
        return ""
    shown = range(0, len(measured.messages), max(1, len(measured.messages) // 3))
    lines = ["## Three messages at three strengths"]
    for index in list(shown)[:3]:
        lines += ["", f"**{measured.messages[index]}**", ""]
        for row in (coldest, measured.plain, best):
            lines.append(f"- {row.strength:+.3g}: {' '.join(row.samples[index].split())}")
    return "\n".join(lines)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
