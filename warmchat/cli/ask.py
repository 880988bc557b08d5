"""``warmchat ask``: one message, one answer; the same flow as a turn in the chat."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import click

from warmchat.cli.common import print_json, talk
from warmchat.cli.trust import settings_and_profiles
from warmchat.compare.repetition import repeats_itself
from warmchat.domain.errors import NO_MODEL_HINT, EngineError, NoModel, WarmchatError
from warmchat.domain.making import STAGES, asked_words, way_words
from warmchat.domain.text import printable
from warmchat.domain.turn import (
    DraftFinished,
    FragmentArrived,
    LogFailed,
    Noticed,
    Reply,
    ReplyFinished,
    StageReached,
    TurnEvent,
    TurnFailed,
    VerdictReached,
)
from warmchat.domain.verdict import Verdict

STDIN_LIMIT = 4 << 20  # bytes; more cannot be a message for any context


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--profile", "-p", help="Profile that answers.")
@click.option("--remote", "remote_url", help="OpenAI-compatible server to use instead of a model file.")
@click.option("--model", type=click.Path(), help="GGUF file to run.")
@click.option("--temperature", type=click.FloatRange(0, 5), help="Instead of the profile's; 0 is greedy.")
@click.option("--max-tokens", type=click.IntRange(1), help="Longest reply, instead of the profile's.")
@click.option("--seed", type=int, help="Seed of the draw.")
@click.option("--warmth", type=float, help="Warmth dial, -1 to +1, instead of the profile's; 0 is off.")
@click.option("--shadow", type=click.Choice(["other", "always", "off"]), help="When the reply is checked.")
@click.option("--no-log", "log", flag_value=False, default=None, help="Write nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: reply, shadow, verdict, usage, timings.")
@click.pass_context
def ask(context: click.Context, /, text: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Ask TEXT once and print the reply; a - in TEXT stands for standard input.

    \b
      cat notes.txt | warmchat ask -
      cat notes.txt | warmchat ask "Sum this up:" -
    """
    asked_at = time.monotonic()
    message = _message(text)
    from warmchat.wiring import chosen_model, open_engine, open_log, open_session

    warmth = options.pop("warmth")
    draw = {name: options.pop(name) for name in ("temperature", "max_tokens", "seed")}
    settings, profiles = settings_and_profiles(context, **options)
    model = chosen_model(settings)
    if model is None:
        raise NoModel("There is no model to answer", NO_MODEL_HINT)
    with ExitStack() as opened:
        engine = open_engine(settings, model)  # loads while the rest is made
        opened.callback(engine.close)
        log = open_log(settings)
        opened.callback(log.close)
        session = open_session(settings, engine=engine, profiles=profiles, log=log, read_ahead=False)
        opened.callback(session.close)
        session.override_sampling(**{k: v for k, v in draw.items() if v is not None})
        if warmth is not None:
            session.turn_dial(warmth)
        answer = _Answer(stream=not as_json)
        for event in session.send(message):
            answer.take(event)
        load_s = engine.describe().load_s if answer.reply else 0.0
    if answer.failed is not None:
        raise answer.failed
    if as_json:
        print_json(answer.as_json(load_s, time.monotonic() - asked_at))
    else:
        answer.print_verdict()


def _message(words: tuple[str, ...]) -> str:
    """The words, with what stands on standard input in the place of each ``-``.

    Standard input is read only where it is named: a script's may be a pipe that nobody ever closes.
    """
    piped = _standard_input() if "-" in words else ""
    parts = [f"\n\n{piped}\n\n" if word == "-" else word for word in words]
    text = " ".join(parts).strip()
    if not text:
        raise click.UsageError("there is no text to ask")
    return text


def _standard_input() -> str:
    raw = sys.stdin.buffer.read(STDIN_LIMIT + 1)
    if len(raw) > STDIN_LIMIT:
        raise WarmchatError("Standard input holds over 4 MiB", "no context holds that much: send a part of it")
    return raw.decode("utf-8", "replace").strip()


class _Answer:
    """Collects the events of the one turn; prints the reply as it comes where people read along."""

    def __init__(self, *, stream: bool) -> None:
        self._stream = stream
        self._tty = sys.stdout.isatty()
        self.reply: Reply | None = None
        self.draft: Reply | None = None
        self.shadow: Reply | None = None
        self.verdict: Verdict | None = None
        self.failed: WarmchatError | None = None

    def take(self, event: TurnEvent) -> None:
        match event:
            case FragmentArrived(_, text) if self._stream:
                click.echo(printable(text) if self._tty else text, nl=False)
            case StageReached(_, stage) if self._stream and sys.stderr.isatty():
                talk(STAGES[stage])
            case DraftFinished(_, draft):
                self.draft = draft
            case ReplyFinished(_, reply):
                self.reply = reply
                if self._stream:
                    click.echo()
            case VerdictReached(_, verdict, shadow):
                self.verdict, self.shadow = verdict, shadow
            case TurnFailed(_, message, hint):
                if self._stream:
                    click.echo()
                self.failed = EngineError(message, hint)
            case Noticed(_, message, hint):
                talk(f"warmchat: {message}" + (f" ({hint})" if hint else ""))
            case LogFailed(_, message, hint):
                talk(f"warmchat: not logged: {message}" + (f" ({hint})" if hint else ""))

    def print_verdict(self) -> None:
        from warmchat.ui.words import repetition_words

        if self.reply is not None and (said := repetition_words(self.reply)):
            talk(f"[{said}]")
        elif self.reply is not None and not self.reply.text.strip():
            talk("[the reply is empty]")
        for words in (way_words(self.reply, "reference"), asked_words(self.reply)) if self.reply is not None else ():
            if words:
                talk(f"[{words}]")
        if self.verdict is not None:
            for line in _verdict_lines(self.verdict, self.shadow):
                talk(line)

    def as_json(self, load_s: float, total_s: float) -> dict[str, Any]:
        assert self.reply is not None
        reply, shadow, verdict = self.reply, self.shadow, self.verdict
        return {
            "reply": reply.text,
            "profile": reply.profile,
            "thinking": reply.thinking or None,
            "stop": reply.stop,
            "repeats_itself": repeats_itself(reply.text),
            "way": reply.way,
            "draft": self.draft.text if self.draft is not None else None,
            "asked": reply.asked or None,
            "shadow": shadow.text if shadow is not None else None,
            "shadow_asked": (shadow.asked or None) if shadow is not None else None,
            "verdict": verdict.as_dict() if verdict is not None else None,
            "usage": {
                "prompt_tokens": reply.usage.prompt_tokens,
                "evaluated_tokens": reply.usage.evaluated_tokens,
                "reply_tokens": reply.usage.reply_tokens,
            },
            "timings": {
                "load_s": round(load_s, 4),
                "first_token_s": round(reply.timings.first_token_s, 4),
                "reply_s": round(reply.timings.reply_s, 4),
                "shadow_s": round(shadow.timings.reply_s, 4) if shadow is not None else None,
                "total_s": round(total_s, 4),
            },
            "model": reply.origin.model_name,
            "model_id": reply.origin.model,
            "seed": reply.origin.seed,
            "dial": reply.origin.dial,
            "adapters": list(reply.origin.adapters),
        }


def _verdict_lines(verdict: Verdict, shadow: Reply | None) -> Iterator[str]:
    score = f" {verdict.score:.2f}" if verdict.score is not None else ""
    match verdict.label:
        case "agree":
            yield f"[agrees with the oracle{score}]"
        case "disagree":
            yield f"[the oracle would have said otherwise: {verdict.kind}{score}: {verdict.reason}]"
        case "unsure":
            yield f"[unsure{score}: {verdict.reason}]"
        case _:
            yield f"[not compared: {verdict.reason}]"
    if verdict.label in ("disagree", "unsure") and shadow is not None:
        yield f"oracle: {shadow.text.strip()}"
