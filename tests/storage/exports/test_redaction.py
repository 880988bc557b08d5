"""Exports without what tells who somebody is, in every format, verdicts and spans included."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.storage.examples import COMPANION, ORACLE, ORIGIN, disagreement, reply, shadow, turn
from warmchat.cli.main import main
from warmchat.domain.errors import ExportError
from warmchat.domain.profile import AdapterRef
from warmchat.domain.scores import TokenScore
from warmchat.domain.verdict import Evidence, Span
from warmchat.storage.exports.formats import FORMATS
from warmchat.storage.exports.jsonl import jsonl, read_jsonl
from warmchat.storage.exports.redaction.own_patterns import find_own
from warmchat.storage.exports.redaction.records import redacted
from warmchat.storage.exports.redaction.rules import rules_of
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnRecord

MAIL, PHONE, NAME = "anna.smith+news@mail.example.org", "+49 711 555-1234", "Anna Smith"
TOKEN = "ghp_" + "a1B2" * 9


def cleaned(text: str, *rules: str) -> str:
    record = TurnRecord("t", "2026-01-01", turn(text=text))
    return redacted([record], rules_of(rules or ("all",)))[0].turn.user_text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Write to {MAIL}.", "Write to [e-mail]."),
        ("a@b.de, ü@mühle.example", "[e-mail], [e-mail]"),
        (f"Call {PHONE} or 0711/5551234 or (0711) 555 12 34", "Call [phone] or [phone] or [phone]"),
        ("1-800-555-0199 and 800.555.0199", "[phone] and [phone]"),
        (f"It is {TOKEN}!", "It is [secret]!"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer [secret]"),
        ('{"api_key": "x9"} password=hunter2; my password is hunter3', '{"api_key": "[secret]"} password=[secret]; '
         "my password is [secret]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----.", "[secret]."),
        ("https://bob:pw@host/x?id=1&access_token=abc#y", "https://[secret]@host/x?id=1&access_token=[secret]#y"),
        ("From 192.168.10.7", "From [address]"),
        (f"hash {'0a1b' * 10}", "hash [secret]"),
    ],
)  # fmt: skip
def test_what_our_rules_find(text: str, left: str) -> None:
    assert cleaned(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-03-04 at 18:00, 04.03.2026, 3/4/2026, 1990 - 2024",
        "Pi is 3.14159265358 and a billion is 1000000000 or 1,000,000,000.",
        "At 299792458 m/s; version 1.2.3; section 1.2.3.4.5; twitter @anna; a @ b",
        "The token is gone, the secret is out. Basic income; a bearer of news.",
        "supercalifragilisticexpialidocious-and-some-long-slug-of-words",
        "這是一個沒有空格的很長的句子它有超過三十二個字符而且還有數字2024年在裡面不應該被刪除因為它不是密鑰",
    ],
)
def test_what_they_leave(text: str) -> None:
    assert cleaned(text) == text


def test_names_and_patterns_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("# badge numbers\nBADGE = \\bB\\d{4}\\b\n\n(?i)project \\w+\n")
    text = "ANNA  smith (Annabel, anna_smith) has B1234 for Project Tulip."
    assert cleaned(text, f"name:{NAME}", f"file:{file}") == "[name] (Annabel, [name]) has [BADGE] for [redacted]."


def test_a_name_is_found_however_its_accents_are_written() -> None:
    assert cleaned("Jose\u0301 and Jos\u00e9 and JOS\u00c9, not Josefa", "name:Jos\u00e9") == (
        "[name] and [name] and [name], not Josefa"
    )


@pytest.mark.parametrize("given", ["names", "name:", "file:", "file:/absent/x", "e-mail", "", "all,email"])
def test_rules_that_are_none(given: str) -> None:
    with pytest.raises(ExportError):
        rules_of([given])


@pytest.mark.parametrize(
    ("pattern", "why"), [("(a+)+$", "longer than 1 second"), ("(", "is none"), ("a{1,9999999999}", "is none")]
)
def test_a_pattern_that_never_ends_is_named(pattern: str, why: str) -> None:
    with pytest.raises(ExportError, match=why) as raised:
        find_own([("x", "fine"), ("x", pattern)], ["a" * 40 + "b"], limit_s=1)
    assert pattern in raised.value.message


def test_hostile_texts_end() -> None:
    """Long runs of every part of every rule; a rule that went back over them would take hours."""
    pieces = ("a", "1", "1 ", "a.", "a@", "@a.", "-", "(", "+", "sk-", "://", "a://", "?key", "&a_", "Bearer ", "pass ",
              "pwd is ", "=", '"', "1.1.", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "eyJ.", "\n", "é")  # fmt: skip
    rules = rules_of(["all", "name:a a", "name:Anna"])
    texts = [piece * (100_000 // len(piece)) for piece in pieces]
    assert len(rules.places(texts)) == len(texts)


def record_of(log: SessionLog) -> TurnRecord:
    """A turn in which the address stands everywhere, and the evidence is about it."""
    said, other = f"Yes: {MAIL} is his, {NAME}.", f"No, call {PHONE}."
    log.open_turn(turn(text=f"Is {MAIL} the address of {NAME}, who told me all of it?"), COMPANION)
    at, end = said.index("smith"), said.index(" is his")
    evidence = (
        Evidence(Span(0, 3, "Yes"), Span(0, 2, "No"), "contradiction", 0.9),
        Evidence(Span(at, end + 7, said[at : end + 7]), Span(9, 12, other[9:12]), "added", 0.5),
        Evidence(Span(end + 1, end + 7, "is his"), None, "added", 0.4),
    )
    verdict = replace(disagreement(), evidence=evidence, reason="“smith” and news here, 711 there")
    shown = replace(reply(text=said, role="shown"), thinking=f"He is {NAME}.", scores=(TokenScore("Yes", -0.1),))
    log.save_reply("t1", shown)
    log.save_profile(ORACLE)
    log.save_reply("t1", reply("a1", f"Ask {PHONE}", role="alternative"))
    log.save_verdict("t1", "r1", shadow(text=other), verdict)
    log.save_mark("t1", "both_wrong", f"ask {NAME}")
    log.rename_session("s1", "Is anna.smith+news@mai…")
    (record,) = log.records()
    return record


def test_evidence_moves_with_its_texts() -> None:
    with SessionLog.open(None) as log:
        (clean,) = redacted([record_of(log)], rules_of(["all", f"name:{NAME}"]))
    found, said, other = clean.turn.verdict, clean.turn.reply, clean.turn.shadow
    assert found is not None
    assert said is not None
    assert other is not None
    assert said.text == "Yes: [e-mail] is his, [name]."
    assert other.text == "No, call [phone]."
    assert [(p.reply and p.reply.text, p.shadow and p.shadow.text) for p in found.evidence] == [
        ("Yes", "No"), ("[e-mail] is his", "[phone]"), ("is his", None)]  # fmt: skip
    for pair in found.evidence:
        for span, text in ((pair.reply, said.text), (pair.shadow, other.text)):
            assert span is None or text[span.start : span.end] == span.text
    assert found.reason == "“[name]” and [e-mail] here, [phone] there"
    assert said.scores == ()
    assert clean.session_title == "Is [name]+[e-mail]@mai…", "it was cut, so no rule knows it"
    assert list(clean.judgements[0].verdict.evidence) == list(found.evidence)


def plain(text: str) -> str:
    """Without what a format puts between letters."""
    return re.sub(r"</?mark[^>]*>|\\", "", text).replace("&#43;", "+")


def test_where_files_stand_is_left_out() -> None:
    home = "/home/asmith/voices"
    mine = f"{home}/mine.gguf"
    origin = replace(ORIGIN, adapters=({"kind": "lora", "name": mine, "path": mine, "strength": 1.0},))
    profile = replace(COMPANION, rewriter=f"{home}/small.gguf", adapters=(AdapterRef("lora", mine, 1.0),))
    told = replace(turn(), reply=replace(reply(), origin=origin))
    record = TurnRecord("t", "2026-01-01", told, profiles={profile.hash: profile})
    for form, write in FORMATS.items():
        assert "asmith" not in "".join(write(redacted([record], rules_of(["email"])))), form
    assert "asmith" in "".join(jsonl([record]))


@pytest.mark.parametrize("form", list(FORMATS))
def test_no_format_holds_it_and_each_says_so(form: str) -> None:
    with SessionLog.open(None) as log:
        before = record_of(log)
    text = "".join(FORMATS[form](redacted([before], rules_of(["all", f"name:{NAME}"]))))
    full = "".join(FORMATS[form]([before]))
    for secret in (MAIL, PHONE, NAME, "smith", "711", "news"):
        assert secret in plain(full), "the test looks for what is there"
        assert secret not in plain(text)
    assert "telephone numbers" in text
    assert "telephone numbers" not in full
    if form == "jsonl":
        assert json.loads(text)["redacted"][0] == "e-mail addresses"
        assert [record.turn.id for record in read_jsonl(text.splitlines(), "x")] == ["t1"]
        assert json.loads("".join(jsonl([before])))["redacted"] == []
    if form == "csv":
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["redacted"].endswith("names")


def test_on_the_command_line(tmp_path: Path, in_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    with SessionLog.open(data / "log.db") as log:
        record_of(log)
    export = ["--data-dir", str(data), "log", "export", "--all", "--format", "md"]
    assert main([*export, "--redact", "email", "--redact", f"name:{NAME}"]) == 0
    out = capsys.readouterr().out
    assert "Redacted by rule: e-mail addresses, names." in out
    assert MAIL not in out
    assert PHONE in out.replace("\\", "")
    Path("rules").write_text("(a|a)*b\n" * 201)
    assert main([*export, "--redact", "file:rules"]) == 1
    assert "too long" in capsys.readouterr().err
