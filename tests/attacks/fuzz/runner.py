"""Runs targets in turn, each slice in a process of its own: one that is ended by a signal is a finding, not the end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.attacks.fuzz.case import Target, own_home, random_of, try_case

GRACE = 30.0  # seconds over a case's own limit before its process is ended


@dataclass
class Tried:
    """What was tried of one target so far. `next` is the number of the next case."""

    next: int = 0
    taken: int = 0
    refused: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def run_slice(target: Target, seed: str, first: int, until: float, report: Path, kept: Path) -> None:
    """Try cases from `first` on, in this process, until a clock (`time.time`) or the batch is over.

    Each case is announced in `report` before it begins, and its outcome is written after it.
    """
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name, report.open("a", encoding="utf-8") as said:
        home = Path(name)
        own_home(home)
        for number in range(first, first + target.batch):
            if time.time() >= until:
                return
            folder = home / "case"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            said.write(json.dumps({"begins": number}) + "\n")
            said.flush()
            began = time.monotonic()
            outcome = try_case(target, target.make(random_of(target, seed, number), folder))
            if outcome.kind == "finding":
                _keep(folder, kept / f"{target.name.replace(' ', '-')}-{number}", outcome.told)
            line = {"ended": number, "kind": outcome.kind, "sign": outcome.sign, "seconds": time.monotonic() - began}
            said.write(json.dumps(line) + "\n")
            said.flush()


def _keep(folder: Path, place: Path, told: str) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns("*.db-shm"))
    (place / "told.txt").write_text(told, encoding="utf-8", errors="backslashreplace")


def fuzz(
    targets: Sequence[Target],
    seed: str,
    seconds: float,
    state_file: Path,
    kept: Path,
    say: Callable[[str], None],
    *,
    slice_seconds: float = 15.0,
) -> dict[str, Tried]:
    """Try the targets in turn for so long; state is kept, so that the same seed goes on where it stopped."""
    state = load_state(state_file, seed)
    end = time.time() + seconds
    while time.time() < end:
        for target in targets:
            if time.time() >= end:
                break
            tried = state.setdefault(target.name, Tried())
            known = set(tried.findings)
            _one_process(target, seed, tried, min(end, time.time() + slice_seconds), kept)
            for sign in set(tried.findings) - known:
                say(f"new finding in {target.name}: {sign}")
            save_state(state_file, seed, state)
    return state


def _one_process(target: Target, seed: str, tried: Tried, until: float, kept: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="fuzz-report-") as name:
        report = Path(name) / "report.jsonl"
        command = [
            sys.executable,
            "-m",
            "tests.attacks.fuzz",
            "--slice",
            target.name,
            "--seed",
            seed,
            "--first",
            str(tried.next),
            "--until",
            str(until),
            "--report",
            str(report),
            "--findings",
            str(kept),
        ]
        began = time.monotonic()
        limit = max(0.0, until - time.time()) + target.seconds + GRACE
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
        )
        try:
            _, err = process.communicate(timeout=limit)
            end = f"exit code {process.returncode}: {err.strip()[-300:]}" if process.returncode else ""
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            end = "hangs where no signal reaches it"
        tried.seconds += time.monotonic() - began
        _count(report, tried, end)


def _count(report: Path, tried: Tried, end: str) -> None:
    begun = None
    for line in report.read_text(encoding="utf-8").splitlines() if report.exists() else ():
        told = json.loads(line)
        if "begins" in told:
            begun = told["begins"]
            continue
        begun, tried.next = None, told["ended"] + 1
        if told["kind"] == "finding":
            tried.findings[told["sign"]] = tried.findings.get(told["sign"], 0) + 1
        else:
            setattr(tried, told["kind"], getattr(tried, told["kind"]) + 1)
    if begun is not None or end:  # the process itself ended
        sign = f"the process ended: {end or 'without a word'}" if begun is not None else f"the fuzzer failed: {end}"
        tried.findings[sign] = tried.findings.get(sign, 0) + 1
        tried.next = (begun if begun is not None else tried.next) + 1


def load_state(file: Path, seed: str) -> dict[str, Tried]:
    """What was tried with this seed before."""
    if not file.exists():
        return {}
    known = json.loads(file.read_text(encoding="utf-8"))
    return {name: Tried(**tried) for name, tried in known.get(seed, {}).items()}


def save_state(file: Path, seed: str, state: dict[str, Tried]) -> None:
    """Keep it, beside that of other seeds."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    known[seed] = {name: vars(tried) for name, tried in state.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(known, indent=1), encoding="utf-8")
    draft.replace(file)


def table(state: dict[str, Tried]) -> str:
    """What was tried of each target, in words for a terminal."""
    rows = [("target", "tried", "taken", "refused", "findings", "seconds")]
    for name, tried in state.items():
        count = tried.taken + tried.refused + sum(tried.findings.values())
        rows.append(
            (
                name,
                f"{count:,}",
                f"{tried.taken:,}",
                f"{tried.refused:,}",
                str(len(tried.findings)),
                f"{tried.seconds:.0f}",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    signs = [
        f"  {name}: {sign} ({count} times)" for name, tried in state.items() for sign, count in tried.findings.items()
    ]
    return "\n".join([*lines, *(["", "findings:", *signs] if signs else ["", "no finding"])])
