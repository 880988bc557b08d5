"""How the terminal program feels on this machine: python -m tests.benchmarks.terminal [--json] [--only PART ...]

Everything is measured on the real program in a pseudo-terminal, with a scripted engine where words have to come at a
set pace. Close other programs first; the figures named cpu, share and mib mean something on a busy machine as well.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from tests.benchmarks import long_log
from tests.benchmarks.terminal.parts import Table, Terminal

GOALS = {
    "first_paint_s": 0.5,
    "streaming_list_share": 0.15,
    "streaming_table_share": 0.15,
    "streaming_fence_share": 0.15,
    "streaming_prose_share": 0.15,
    "key_to_paint_p95_ms": 100.0,
    "key_while_a_reply_comes_p95_ms": 100.0,
    "resume_s": 1.0,
    "search_ms": 100.0,
    "paste_freeze_ms": 200.0,
    "paste_sent_freeze_ms": 200.0,
    "memory_growth_mib_per_100_turns": 0.5,
}
PARTS = ("start", "streaming", "keys", "resuming", "searching", "pasting", "memory")
NEED_THE_LONG_LOG = {"keys", "resuming", "searching"}


def main() -> None:
    options = _options()
    table: Table = {}
    if not options.json:
        print(f"{'':36}{'measured':>10}  goal")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if NEED_THE_LONG_LOG & set(options.only):
            (scratch / "long").mkdir()
            long_log.write(scratch / "long" / "log.db")
        terminal = Terminal(scratch, options.turns)
        for part in options.only:
            found = getattr(terminal, part)()
            table |= found
            if not options.json:  # at once: what comes next takes its time
                for name, value in found.items():
                    print(f"{name:36}{value:10.3f}{f'  <= {GOALS[name]:g}' if name in GOALS else ''}", flush=True)
    if options.json:
        print(json.dumps({name: round(value, 4) for name, value in table.items()}, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--turns", type=int, default=500, help="that the memory is watched over (500; 100 or more)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
