"""The chat line by line: what it says, in which order, and that nothing but text comes out."""

from __future__ import annotations

import io
import threading
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.storage.examples import flagged, tell, turn
from tests.ui.test_hostile_text import HOSTILE
from tests.ui.world import World, finished_turns, shelf_with_vector
from warmchat.domain.errors import EngineLost
from warmchat.engine.protocol import Job, Priority
from warmchat.ui.plain.chat import PlainChat
from warmchat.ui.plain.console import Console, ToldReply

CAPITAL = "What is the capital of Australia?"


class Typist:
    """Lines as they are typed; keeps what came out and the prompts."""

    def __init__(self, *lines: str | type[BaseException], interactive: bool = True) -> None:
        self.lines = list(lines)
        self.prompts: list[str] = []
        self.out, self.talk = io.StringIO(), io.StringIO()
        self.console = Console(self.read, self.out, self.talk, interactive)

    def read(self, prompt: str) -> str:
        self.prompts.append(prompt)
        if not self.lines:
            raise EOFError
        line = self.lines.pop(0)
        if not isinstance(line, str):
            raise line
        return line

    @property
    def said(self) -> list[str]:
        return self.out.getvalue().splitlines()

    @property
    def remarks(self) -> str:
        return self.talk.getvalue()


def chatted(world: World, *lines: str | type[BaseException], interactive: bool = True) -> tuple[Typist, int]:
    typist = Typist(*lines, interactive=interactive)
    code = PlainChat(world.services(), typist.console).run()
    return typist, code


def test_a_reply_then_its_verdict_in_words_then_the_next_prompt() -> None:
    typist, code = chatted(World(), "/companion", CAPITAL)
    said = typist.said
    reply = said.index("Companion: Oh friend, I hear you. The capital of Australia is Sydney. I'm glad you asked!")
    assert said[reply + 1].startswith("Checking against the oracle")
    assert said[reply + 2] == (
        "Check: The oracle would have said otherwise, contradiction 0.92. “Sydney” here, “Canberra” there. "
        "/compare reads both out."
    )
    assert typist.prompts == ["Oracle> ", "Companion> ", "Companion> "]
    assert any("It is a program; each reply is checked" in line for line in said)
    assert code == 0


def test_a_pipe_gets_the_conversation_alone() -> None:
    typist, code = chatted(World(), CAPITAL, interactive=False)
    assert typist.said == ["Oracle: The capital of Australia is Canberra."]
    assert typist.remarks == ""
    assert code == 0


def test_both_answers_are_read_out() -> None:
    typist, _ = chatted(World(), "/switch", CAPITAL, "/compare", interactive=False)
    said = typist.said
    assert f"You: {CAPITAL}" in said
    assert "Oracle, unseen: The capital of Australia is Canberra." in said
    assert "The companion bent to what you said." in said
    assert "Parting 1 of 2: “Sydney” here, “Canberra” there, contradiction." in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/nope", "There is no command /nope"),
        ("/export exe", "exe is no export format"),
        ("/export", "There is nothing to export yet"),
        ("/compare", "There is no turn yet"),
        ("/warmth x", "'x' is not a number"),
        ("/warmth", "no control vector"),
        ("/again", "There is no turn yet"),
        ("/edit other words", "There is no turn yet"),
        ("/continue", "There is no turn yet"),
        ("/attach /nowhere/x.txt", "There is no file x.txt"),
        ("/resume zz", "begins no session"),
        ("/profile nobody", "There is no profile 'nobody'"),
        ("/model notes.txt", "notes.txt is no GGUF file"),
    ],
)
def test_what_cannot_be_done_is_a_line_and_a_failure_of_a_pipe(line: str, says: str, tmp_path: Path) -> None:
    typist, code = chatted(World(adapters=shelf_with_vector(tmp_path) if line == "/warmth x" else None), line,
                           interactive=False)  # fmt: skip
    assert says.lower() in typist.remarks.lower()
    assert code == 1


def test_the_dial_turns_and_says_where_it_stands(tmp_path: Path) -> None:
    typist, _ = chatted(World(adapters=shelf_with_vector(tmp_path)), "/warmth 0,5", "/adapters", "/adapters warmth 0",
                        "/warmth off")  # fmt: skip
    said = typist.said
    assert "The warmth dial stands at +0.50; the file says 0." in said
    assert "warmth, control vector: +2, from -2 to +4, moved by the warmth dial; the file says 0" in said
    assert "warmth, control vector: off, from -2 to +4, moved by the warmth dial; the file says 0" in said


def test_files_long_messages_sessions_and_exports(tmp_path: Path) -> None:
    world = World(resumed=finished_turns(3))
    flagged(world.log, turn("t1", "Rivers", session="abc1"))
    tell(world.log, turn("t2", "And lakes?", session="abc1", parent="t1"))
    notes = tmp_path / "notes.txt"
    notes.write_text("three rivers", encoding="utf-8")
    typist, _ = chatted(world, f"/attach {notes}", "sum this \\", "up", "/export csv " + str(tmp_path / "o.csv"),
                        "/sessions", "/resume abc", "/offrecord", "/new", "/help", "/quit", "never read")  # fmt: skip
    asked = world.engine.jobs[0].messages[-1].content
    assert asked.endswith("sum this \nup\n\nnotes.txt:\n```txt\nthree rivers\n```")
    assert world.exported == [("resumed", "csv", tmp_path / "o.csv")] or world.exported[0][1:] == (
        "csv", tmp_path / "o.csv")  # fmt: skip
    said = typist.said
    assert "abc1: Rivers, 2 turns, 1 flagged." in said
    assert world.opened == [None, "abc1", None]
    assert "Oracle, off the record> " in typist.prompts
    assert any(line.startswith("/export [md|html|jsonl|csv [PATH]]: ") for line in said)
    assert typist.lines == ["never read"]


def test_ctrl_c_stops_the_reply_and_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.engine.gate.clear()
    pressed: list[float] = []

    def press(seconds: float) -> None:
        if world.engine.jobs and not pressed:
            pressed.append(seconds)
            raise KeyboardInterrupt
        threading.Event().wait(0.005)

    monkeypatch.setattr("time.sleep", press)
    typist, code = chatted(world, CAPITAL, KeyboardInterrupt)
    assert "Stopping." in typist.said
    assert "Note: stopped by you." in typist.said
    assert "Type /quit to leave." in typist.said
    assert code == 0


def test_a_reply_is_made_again_and_a_message_is_written_anew() -> None:
    answers = iter(["One.", "Two.", "Three."])
    world = World(script=lambda job: next(answers) if job.task == "reply" else "")
    typist, code = chatted(world, "hello", "/again", "/edit goodbye", interactive=False)
    assert typist.said == ["Oracle: One.", "Oracle: Two.", "Oracle: Three."]
    assert code == 0
    (session,) = world.log.sessions()
    turns = world.log.turns(session.id)
    assert [turn.user_text for turn in turns] == ["hello", "hello", "goodbye"]
    assert {turn.parent_id for turn in turns} == {None}, "each on a branch of its own"


def test_a_reply_that_was_cut_is_gone_on_with() -> None:
    world = World(script=lambda job: " and the rest." if job.continue_from else "One, two, three, four.")
    world.engine.fail_after_words = 3
    typist, _ = chatted(world, CAPITAL, "/continue", "/continue", interactive=False)
    assert "Oracle: One, two, three," in typist.said
    assert "Oracle goes on: and the rest." in typist.said
    assert "This reply came to its end by itself" in typist.remarks


def test_another_voice_is_asked_and_its_answer_kept_and_checked() -> None:
    world = World()
    typist, code = chatted(world, CAPITAL, "/other", "/keep", "/mark", "/mark oracle I looked it up", "/mark")
    said = typist.said
    asked = said.index("Companion: Oh friend, I hear you. The capital of Australia is Sydney. I'm glad you asked!")
    assert said[asked + 1] == "The two part, contradiction 0.92. “Canberra” here, “Sydney” there."
    assert "Kept: Companion answered this." in said
    assert any(line.startswith("Check: The oracle would have said otherwise") for line in said)
    assert "This turn has no mark." in said
    assert said.count("Marked: the oracle is right, I looked it up.") == 2
    (marked,) = world.log.marks(world.log.sessions()[0].id).values()
    assert (marked.mark, marked.note) == ("oracle_right", "I looked it up")
    assert code == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/keep", "There is no other answer to keep"),
        ("/other nobody", "There is no profile 'nobody'"),
        ("/other oracle", "Oracle spoke here"),
        ("/mark right", "'right' is no mark"),
    ],
)
def test_what_cannot_be_done_beside_a_turn_is_a_line(line: str, says: str) -> None:
    typist, code = chatted(World(), CAPITAL, line, interactive=False)
    assert says in typist.remarks
    assert code == 1


def test_ctrl_c_stops_another_voice_and_the_reply_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    pressed: list[float] = []

    def press(seconds: float) -> None:
        asked = [job for job in world.engine.jobs if job.priority is Priority.ASKED]
        if asked and not pressed:
            pressed.append(seconds)
            raise KeyboardInterrupt
        threading.Event().wait(0.005)

    def script(job: Job) -> str:
        if job.priority is Priority.ASKED:
            world.engine.gate.clear()
        return "one two three"

    world.engine.script = script
    monkeypatch.setattr("time.sleep", press)
    typist, _ = chatted(world, CAPITAL, "/other", "/keep")
    assert "Stopping." in typist.said
    assert "It was stopped before its first word" in typist.remarks
    assert "There is no other answer to keep" in typist.remarks


def test_a_lost_engine_is_said_and_the_chat_goes_on() -> None:
    world = World(script=lambda job: EngineLost("The engine process ended", "send the message again"))
    typist, code = chatted(world, CAPITAL, CAPITAL)
    assert typist.remarks.count("The engine process ended (send the message again)") == 2
    assert code == 0


def test_without_a_model_it_says_what_to_type() -> None:
    typist, code = chatted(World(model=None), CAPITAL, interactive=False)
    assert "warmchat models pull" in typist.remarks
    assert code == 1


def test_hostile_text_does_nothing() -> None:
    world = World(script=lambda job: HOSTILE + " Sydney.")
    flagged(world.log, turn("t1", HOSTILE, session="abc1"))
    world.log.rename_session("abc1", HOSTILE)
    typist, _ = chatted(world, "/companion", HOSTILE, "/compare", "/sessions", f"/{HOSTILE}".replace(" ", ""))
    for text in (typist.out.getvalue(), typist.remarks, *typist.prompts):
        acting = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"} and c != "\n"}
        assert not acting, acting


def fragments(text: str) -> Iterable[str]:
    return (text[i : i + 3] for i in range(0, len(text), 3))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("One. Two!\nThree", "Oracle: One. Two!\nThree\n"),
        ("<think>hm, hm</think>\n\nFour.", "Oracle is thinking.\nOracle: Four.\n"),
        ("<thin> ice", "Oracle: <thin> ice\n"),
        ("\n \n  Five", "Oracle: Five\n"),
    ],
)
def test_a_reply_is_told_once_whatever_its_fragments(text: str, said: str) -> None:
    typist = Typist()
    told = ToldReply(typist.console, "Oracle")
    for fragment in fragments(text):
        told.add(fragment)
    told.finish(text.rpartition("</think>")[2].strip())
    assert typist.out.getvalue() == said


def test_a_reply_is_told_by_sentences() -> None:
    typist = Typist()
    told = ToldReply(typist.console, "Oracle")
    told.add("It is 3.5 metres. And wi")
    assert typist.out.getvalue() == "Oracle: It is 3.5 metres."
    told.break_off()
    assert typist.out.getvalue() == "Oracle: It is 3.5 metres. And wi\n"
