"""Parts that need no screen: words, header, theme, keys, threads, clipboard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color

from tests.ui.world import COMPANION, ORACLE
from warmchat.domain.errors import EngineError
from warmchat.domain.turn import ReplyFinished, TurnEvent, TurnFailed, TurnOpened, VerdictReached
from warmchat.domain.verdict import Evidence, Span, Verdict, unjudged
from warmchat.storage.records import SessionSummary
from warmchat.ui.chat.header import HeaderState, header_line
from warmchat.ui.chat.reply_view import needs_markdown
from warmchat.ui.chat.screen import ChatScreen
from warmchat.ui.disagreement.reason import reason_text
from warmchat.ui.keys import CHAT, COMMANDS, PANEL
from warmchat.ui.sessions.rows import summary_row
from warmchat.ui.theme import THEMES
from warmchat.ui.turn_thread import TurnEnded, TurnThreads
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import pair_words, size_words, strip_words, tokens_per_second


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (Verdict("pending", ""), "◌ Checking: the oracle is answering the same message"),
        (Verdict("agree", "", score=0.04), "= Agrees with the oracle’s own answer · 0.04"),
        (Verdict("disagree", "", kind="softened", score=0.7), "≠ The oracle would have said otherwise · softened 0.70"),
        (Verdict("unsure", "by chance", score=0.5), "≈ Unsure whether the oracle says the same · 0.50"),
        (
            Verdict("unsure", "", kind="omission", score=0.5),
            "≈ Unsure whether the oracle says the same · perhaps omission 0.50",
        ),
        (unjudged("the reply was cancelled"), "– Not compared: the reply was cancelled"),
    ],
)
def test_every_label_has_its_sign_and_words(verdict: Verdict, says: str) -> None:
    words = strip_words(verdict, reference="oracle")
    assert f"{words.symbol} {words.headline}" == says


def test_the_panel_claims_no_kind_for_what_is_unsure() -> None:
    looks = {"voice": VoiceLook.of(COMPANION), "reference": VoiceLook.of(ORACLE)}
    said = {
        label: reason_text(Verdict(label, "because", kind="contradiction", score=0.7), 0, **looks).plain
        for label in ("disagree", "unsure")
    }
    assert "cannot both hold" in said["disagree"]
    assert "cannot both hold" not in said["unsure"]


def test_sessions_are_listed_by_the_readers_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    try:
        moments = ("2026-01-02T23:30:05.123+00:00", "?")
        sessions = [SessionSummary(at, "t", at, at, 1, 0, 0, (), ("oracle",)) for at in moments]
        rows = [summary_row(session, here=False) for session in sessions]
        assert [r.content.plain for r in rows] == ["t\n2026-01-03 01:30 · 1 turn · oracle", "t\n? · 1 turn · oracle"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_only_what_was_not_compared_offers_a_check() -> None:
    hints = {label: strip_words(Verdict(label, "x"), reference="oracle").hint for label in ("agree", "unjudged")}
    assert hints == {"agree": "F4 side by side", "unjudged": "F5 checks now"}


def test_a_pair_names_what_is_missing() -> None:
    span = Span(0, 3, "yes")
    assert pair_words(Evidence(span, None, "added", 1.0)) == "“yes” here, nothing there"
    assert pair_words(Evidence(None, span, "omission", 1.0)) == "nothing here, “yes” there"


def test_speed_leaves_reading_out_and_is_not_guessed() -> None:
    assert tokens_per_second(48, 1.2, 0.2) == pytest.approx(48)
    assert tokens_per_second(48, 0.0, 0.0) is None
    assert tokens_per_second(1, 2.0, 0.2) is None


@pytest.mark.parametrize(("size", "words"), [(7, "7 B"), (95_000_000, "95 MB"), (2_512_000_000, "2.51 GB")])
def test_sizes_in_words(size: int, words: str) -> None:
    assert size_words(size) == words


FULL = HeaderState(VoiceLook.of(COMPANION), "SmolLM2-135M-Instruct", 512, 2048, 47.6, off_record=True)


def test_the_header_shows_everything_where_there_is_room() -> None:
    line = header_line(FULL, 120).plain
    assert " COMPANION  SmolLM2-135M-Instruct" in line
    assert "48 tok/s  ▰▰▱▱▱▱▱▱ 512/2,048 tokens   OFF THE RECORD " in line


@given(st.integers(12, 200), st.text("abc", max_size=60), st.booleans())
def test_the_header_fits_and_never_drops_voice_or_record(width: int, model: str, off: bool) -> None:
    line = header_line(HeaderState(VoiceLook.of(ORACLE), model, 2000, 2048, 5.0, off_record=off), width)
    assert "ORACLE" in line.plain
    assert ("OFF" in line.plain) is off
    if width >= 22:
        assert line.cell_length <= width


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Plain words, one line.", False),
        ("Two paragraphs.\n\nThe 2nd has 3 * 4 = 12 in it.", False),
        ("a - b", False),
        ("**bold**", True),
        ("Use `ls`.", True),
        ("Steps:\n1. one\n2. two", True),
        ("- one\n- two", True),
        ("```\ncode\n```", True),
        ("# Title", True),
        ("| a | b |\n|---|---|", True),
        ("[x](y)", True),
    ],
)
def test_markdown_is_drawn_only_where_there_is_some(text: str, marked: bool) -> None:
    assert needs_markdown(text) is marked


def _contrast(one: Color, other: Color) -> float:
    def light(colour: Color) -> float:
        parts = [v / 255 for v in (colour.r, colour.g, colour.b)]
        lin = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("name", "voice"), product(THEMES, ("cold", "warm")))
def test_every_ink_can_be_read_on_every_ground(name: str, voice: str) -> None:
    theme = THEMES[name]
    ground = Color.parse(theme.variables[f"{voice}-ground"])
    inks = ["cold", "warm", "faint", "said-agree", "said-disagree", "said-unsure", "said-unjudged"]
    for ink in inks:
        assert _contrast(Color.parse(theme.variables[ink]), ground) >= 4.5, ink
    tint = ground.blend(Color.parse(theme.variables["said-disagree"]), 0.14)
    assert _contrast(Color.parse(theme.variables["said-disagree"]), tint) >= 4.5
    assert _contrast(Color.parse(theme.variables[f"{voice}-on"]), Color.parse(theme.variables[voice])) >= 4.5
    assert theme.foreground is not None
    foreground, band = Color.parse(theme.foreground), Color.parse(theme.variables[f"{voice}-band"])
    assert _contrast(foreground, band) >= 7
    assert _contrast(foreground, Color.parse(theme.variables["parting"])) >= 4.5
    on, now = Color.parse(theme.variables["parting-on"]), Color.parse(theme.variables["parting-now"])
    assert _contrast(on, now) >= 4.5


def test_no_key_means_two_things_and_every_deed_can_be_done() -> None:
    for deeds in (CHAT, PANEL):
        keys = [key for deed in deeds for key in deed.keys.split(",") if key]
        assert len(keys) == len(set(keys))
    for deed in CHAT:
        if deed.action and not deed.action.startswith("app."):
            assert hasattr(ChatScreen, f"action_{deed.action}"), deed
    assert {"help", "quit", "attach", "model", "export", "profile", "offrecord"} <= set(COMMANDS)


# Ctrl+I, M and H are Tab, Enter and Backspace; Ctrl+S and Z belong to the terminal; Ctrl+B to tmux, Ctrl+A to screen.
def test_no_deed_needs_a_key_that_terminals_keep() -> None:
    kept = {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+s", "ctrl+z", "ctrl+b", "ctrl+a", "f10", "f11"}
    assert not kept & {key for deed in CHAT for key in deed.keys.split(",")}


def _events(*events: TurnEvent | Exception) -> Iterator[TurnEvent]:
    for event in events:
        if isinstance(event, Exception):
            raise event
        yield event


def _run(*events: TurnEvent | Exception, turn_id: str = "") -> list[TurnEvent | TurnEnded]:
    threads = TurnThreads()
    threads.start("k", lambda: _events(*events), turn_id=turn_id)
    threads.join(5)
    heard = threads.drain()
    assert not threads.running
    assert {key for key, _ in heard} == {"k"}
    return [event for _, event in heard]


def test_a_thread_that_raises_fails_its_turn_and_ends() -> None:
    from tests.ui.world import finished_turns

    turn = finished_turns(1)[0]
    assert turn.reply is not None
    opened, replied = TurnOpened(turn), ReplyFinished(turn.id, turn.reply)
    assert _run(EngineError("no", "try")) == [TurnFailed("", "no", "try"), TurnEnded()]
    failed = _run(opened, ValueError("bug"))[1]
    assert isinstance(failed, TurnFailed)
    assert failed.turn_id == turn.id
    assert "ValueError: bug" in failed.message
    for heard in (_run(opened, replied, ValueError("bug")), _run(ValueError("bug"), turn_id=turn.id)):
        verdict = heard[-2]
        assert isinstance(verdict, VerdictReached)
        assert verdict.turn_id == turn.id
        assert verdict.verdict.label == "unjudged"


def test_copying_says_which_program_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from warmchat.ui import clipboard

    monkeypatch.setattr(clipboard, "clipboard_commands", lambda: [["false"], ["no-such-program"], ["cat"]])
    assert clipboard.copy_with_program("text") == "cat"
    monkeypatch.setattr(clipboard, "clipboard_commands", lambda: [["false"]])
    assert clipboard.copy_with_program("text") == ""
