"""A model that judges: tried first, asked only where it passed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from warmchat import wiring
from warmchat.cli.main import main
from warmchat.compare.detector import Compared
from warmchat.compare.judging import trial
from warmchat.compare.judging.detector import JudgedDetector
from warmchat.compare.judging.trial import Labelled
from warmchat.domain.errors import SettingsError
from warmchat.engine.protocol import Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.settings import Settings, load_settings, local_file_needs_trust
from warmchat.wiring import JudgeSeat, judge_refusal, judge_seat, make_detector

# The signals know nothing of these: no name, number or word of one side is on the other.
KNOWN = [
    Labelled(Compared(f"Tell me of thing {at}.", (), f"{word} is so.", "There is much to it."), at % 2)
    for at, word in enumerate(("Blue", "Green") * 30)
]
UNSURE = {"question": "Tell me of thing 99.", "a": "Green is so.", "b": "There is much to it."}


def knows(job: Job) -> str:
    return "Yes" if "Green" in job.messages[-1].content else "No"


def knows_nothing(job: Job) -> str:
    return "Yes"


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch, in_folder: Path) -> Callable[[Callable[[Job], str]], list[ScriptedEngine]]:
    """Put a scripted judge into the seat of every model; gives the engines that were opened."""
    wiring._judges.cache_clear()
    monkeypatch.setattr(trial, "shipped_pairs", lambda: KNOWN)

    def put(script: Callable[[Job], str]) -> list[ScriptedEngine]:
        opened: list[ScriptedEngine] = []

        def engine() -> ScriptedEngine:
            opened.append(ScriptedEngine(script))
            return opened[-1]

        monkeypatch.setattr(wiring, "judge_seat", lambda settings: JudgeSeat("file", "Wise", engine))
        return opened

    return put


Seat = Callable[[Callable[[Job], str]], list[ScriptedEngine]]
Captured = pytest.CaptureFixture[str]


def pairs(folder: Path) -> str:
    file = folder / "pairs.jsonl"
    file.write_text(json.dumps(UNSURE), encoding="utf-8")
    return str(file)


def verdict(capsys: Captured) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_judge_that_passed_decides_what_the_signals_leave_open(seat: Seat, tmp_path: Path, capsys: Captured) -> None:
    opened = seat(knows)
    assert main(["compare", "--calibrate", "--judge", "wise", "--json"]) == 0
    assert opened[0].closed
    tried = verdict(capsys)
    assert tried["passed"] is True
    assert tried["judge_auroc"] == 1.0
    assert main(["compare", pairs(tmp_path), "--json"]) == 0
    assert verdict(capsys)["label"] == "unsure"
    assert main(["compare", pairs(tmp_path), "--json", "--judge", "wise"]) == 0
    found = verdict(capsys)
    assert found["label"] == "disagree"
    assert str(found["detector"]).endswith("+ scripted")


def test_a_judge_that_failed_is_told_so_and_not_asked(seat: Seat, tmp_path: Path, capsys: Captured) -> None:
    opened = seat(knows_nothing)
    assert main(["compare", "--calibrate", "--judge", "wise"]) == 1
    captured = capsys.readouterr()
    assert "will not be asked" in captured.out
    assert "0.50" in captured.out
    assert main(["compare", pairs(tmp_path), "--judge", "wise"]) == 1
    assert "may not judge here" in capsys.readouterr().err
    assert len(opened) == 1


def test_a_judge_that_was_not_tried_is_refused_with_what_to_do(seat: Seat, tmp_path: Path, capsys: Captured) -> None:
    seat(knows)
    assert main(["compare", pairs(tmp_path), "--judge", "wise one"]) == 1
    captured = capsys.readouterr()
    assert "was not tried" in captured.err
    assert "warmchat compare --calibrate --judge 'wise one'" in captured.err


def test_a_setting_that_names_an_untried_judge_stops_nothing(
    seat: Seat, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat(knows)
    monkeypatch.setenv("WARMCHAT_JUDGE_MODEL", "wise")
    assert main(["compare", pairs(tmp_path), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["label"] == "unsure"
    assert "the signals judge alone" in captured.err


def test_pairs_or_calibrate_and_not_both(in_folder: Path, capsys: Captured) -> None:
    assert main(["compare"]) == 2
    assert main(["compare", "x.jsonl", "--calibrate"]) == 2
    assert "name the pairs" in capsys.readouterr().err


def test_the_chat_has_the_judge_where_it_passed_and_the_signals_where_it_cannot_be_had(
    seat: Seat, in_folder: Path
) -> None:
    seat(knows)
    settings = load_settings(judge_model="wise")
    assert not isinstance(make_detector(settings), JudgedDetector)
    assert main(["compare", "--calibrate", "--judge", "wise"]) == 0
    first, second = make_detector(settings), make_detector(settings)
    assert isinstance(first, JudgedDetector)
    assert isinstance(second, JudgedDetector)
    assert first.judge is second.judge
    assert judge_refusal(settings) is None
    assert judge_refusal(load_settings()) is None


def test_a_judge_that_is_no_model_is_left_out_and_said(in_folder: Path) -> None:
    settings = load_settings(judge_model="no-such-model")
    assert not isinstance(make_detector(settings), JudgedDetector)
    refusal = judge_refusal(settings)
    assert refusal is not None
    assert "no-such-model" in refusal.message


def test_who_is_in_the_seat(starter: Path, in_folder: Path) -> None:
    assert judge_seat(load_settings()).identity == judge_seat(load_settings(judge_model=str(starter))).identity
    there = judge_seat(load_settings(judge_model="http://localhost:8080/v1#big"))
    assert there.identity == "http://localhost:8080/v1#big"
    with pytest.raises(SettingsError, match="needs its name"):
        judge_seat(load_settings(judge_model="http://localhost:8080/v1"))


def test_no_server_is_sent_the_key_of_another(monkeypatch: pytest.MonkeyPatch, in_folder: Path) -> None:
    asked: list[Settings] = []
    monkeypatch.setattr(wiring, "_remote_engine", asked.append)
    chat = "https://chat.example/v1"
    for judge in ("https://judge.example/v1#big", "https://chat.example/v1#big"):
        judge_seat(load_settings(remote_url=chat, remote_model="m", judge_model=judge)).open()
    assert [one.remote_key_variable for one in asked] == ["WARMCHAT_JUDGE_KEY", "WARMCHAT_REMOTE_KEY"]
    assert [one.remote_model for one in asked] == ["big", "big"]


def test_a_folder_cannot_name_the_judge_unasked(in_folder: Path) -> None:
    (in_folder / "warmchat.toml").write_text('judge_model = "http://evil.example/v1#x"', encoding="utf-8")
    assert local_file_needs_trust()


def test_doctor_says_whether_the_judge_is_asked(seat: Seat, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    seat(knows)
    monkeypatch.setenv("WARMCHAT_JUDGE_MODEL", "wise")
    main(["doctor", "--no-load", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["model"]["judge_asked"] is False
    assert any("was not tried" in problem["message"] for problem in found["problems"])
    assert main(["compare", "--calibrate"]) == 0
    capsys.readouterr()
    main(["doctor", "--no-load", "--json"])
    assert json.loads(capsys.readouterr().out)["model"]["judge_asked"] is True
