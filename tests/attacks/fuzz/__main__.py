"""Fuzz everything that reads files from elsewhere, for as long as asked.

    python -m tests.attacks.fuzz --minutes 30                 # all targets in turn; the same seed goes on later
    python -m tests.attacks.fuzz --minutes 5 --target gguf    # one of them (or several)
    python -m tests.attacks.fuzz --again 'log import' 417     # one case anew, with its traceback

What was tried and found is kept in ``.fuzz/`` of the current folder. The exit code is 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.attacks.fuzz.case import own_home, random_of, try_case
from tests.attacks.fuzz.runner import fuzz, run_slice, table
from tests.attacks.fuzz.targets import TARGETS


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", default="1", help="other cases; the same seed goes on where it stopped")
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="only these")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="where state and findings are kept")
    parser.add_argument("--again", nargs=2, metavar=("TARGET", "NUMBER"), help="try one case and show what comes of it")
    for hidden in ("--slice", "--report", "--findings"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--until", type=float, default=0.0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.slice:
        run_slice(TARGETS[given.slice], given.seed, given.first, given.until, Path(given.report), Path(given.findings))
        return 0
    if given.again:
        return _again(given.again[0], int(given.again[1]), given.seed)
    folder = given.folder.absolute()
    chosen = [TARGETS[name] for name in given.target or TARGETS]
    state = fuzz(chosen, given.seed, 60 * given.minutes, folder / "state.json", folder / "findings", _say)
    _say(table({name: tried for name, tried in state.items() if name in {target.name for target in chosen}}))
    return 1 if any(tried.findings for tried in state.values()) else 0


def _again(name: str, number: int, seed: str) -> int:
    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as place:
        own_home(Path(place))
        folder = Path(place) / "case"
        folder.mkdir()
        outcome = try_case(target, target.make(random_of(target, seed, number), folder))
    _say(f"{outcome.kind} {outcome.sign}\n{outcome.told}")
    return 1 if outcome.kind == "finding" else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
