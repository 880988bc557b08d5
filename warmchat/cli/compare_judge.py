"""``warmchat compare --calibrate``: may this model judge on this machine?"""

from __future__ import annotations

import sys
import time

import click

from warmchat.cli.common import print_json, print_text, talk
from warmchat.settings import Settings


def try_to_judge(context: click.Context, settings: Settings, *, as_json: bool) -> None:
    """Try the judge model on the shipped pairs, keep the result and say it; exit code 1 where it did not pass."""
    from warmchat.compare.judging.judge import Judge
    from warmchat.compare.judging.record import keep_trial
    from warmchat.compare.judging.trial import shipped_pairs, try_judge
    from warmchat.wiring import judge_seat, make_detector

    seat, pairs = judge_seat(settings), shipped_pairs()
    talk(f"{seat.shown} is asked about {len(pairs)} pairs, each in both orders. Ctrl-C stops it; nothing is kept then.")
    judge = Judge(seat.open)
    try:
        trial = try_judge(
            judge, make_detector(), pairs,
            identity=seat.identity, clock=time.monotonic, heard=lambda done: _progress(done, len(pairs)),
        )  # fmt: skip
    finally:
        judge.close()
        _progress(0, 0)
    keep_trial(settings.judges_file, trial)
    if as_json:
        print_json(trial.as_dict())
    else:
        print_text(trial.told())
    if not trial.passed:
        context.exit(1)


def _progress(done: int, of: int) -> None:
    """One line that the next replaces, where somebody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{done} of {of}" if of else "\r\x1b[K")
        sys.stderr.flush()
