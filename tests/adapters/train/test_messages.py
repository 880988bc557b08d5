"""The shipped messages and examples: enough of each kind, none twice, none that anything is measured by."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

from warmchat.adapters.texts import UserMessage, training_messages
from warmchat.adapters.train.examples import examples_hash, shipped_examples, shown_before
from warmchat.adapters.train.samples import split

KINDS = {"plain", "distress", "joy", "false_belief", "plan", "task"}
_SMALL = frozenset(re.findall(
    r"\w+",
    "the a an of to is in and i my me it that what how do does did for on at you was are be with have has not when "
    "which who why as by from so this im am can will would",
))  # fmt: skip
HERE = Path(__file__).parents[2]


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower().replace("'", ""))) - _SMALL


def likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(1, len(a | b))


def test_enough_of_every_kind() -> None:
    kinds = Counter(message.kind for message in training_messages())
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 60
    assert sum(kinds.values()) >= 420


def test_no_message_twice_or_nearly() -> None:
    known = [(message.text, words(message.text)) for message in training_messages()]
    near = [
        (a, b)
        for index, (a, of_a) in enumerate(known)
        for b, of_b in known[index + 1 :]
        if likeness(of_a, of_b) > 0.6 or a.lower() == b.lower()
    ]
    assert near == []


def test_nothing_that_is_measured_by_is_trained_on() -> None:
    with (HERE / "benchmarks/wording/questions.tsv").open(encoding="utf-8") as file:
        others = [row["question"] for row in csv.DictReader(file, delimiter="\t")]
    others += (HERE / "benchmarks/wording/messages.txt").read_text(encoding="utf-8").splitlines()
    for name in ("adapters/messages/held_out.jsonl", "adapters/messages/questions.jsonl", "evals/sets/facts.jsonl"):
        file_of_set = files("warmchat") / name
        if file_of_set.is_file():
            lines = map(json.loads, file_of_set.read_text(encoding="utf-8").splitlines())
            others += [line.get("text") or line["question"] for line in lines]
    ours = [m.text for m in training_messages()] + [e.text for e in shipped_examples()]
    trained = [(text, words(text)) for text in ours]
    near = [
        (other, text) for other in others for text, of_text in trained if likeness(words(other), of_text) > 0.6
    ]
    assert near == []


def test_every_kind_is_trained_on_and_kept_out() -> None:
    trained, kept_out = split(training_messages())
    assert {message.kind for message in trained} == {message.kind for message in kept_out} == KINDS
    assert not set(trained) & set(kept_out)
    assert len(kept_out) == len(training_messages()) // 10


def test_the_split_of_few() -> None:
    trained, kept_out = split([UserMessage(str(number), "plain") for number in range(3)])
    assert (len(trained), kept_out) == (3, [])


def test_examples_show_both_styles_with_the_last_of_the_messages_kind() -> None:
    by_text = {example.text: example for example in shipped_examples()}
    assert len(by_text) == len(shipped_examples()) == 18
    for message in training_messages():
        warm, cold = shown_before(message, "warm"), shown_before(message, "cold")
        assert [turn.role for turn in warm] == ["user", "assistant"] * 3
        asked = [by_text[turn.content] for turn in warm[::2]]
        assert len({example.kind for example in asked}) == 3
        assert asked[-1].kind == message.kind
        assert [turn.content for turn in warm[1::2]] == [example.warm for example in asked]
        assert [turn.content for turn in cold[1::2]] == [example.cold for example in asked]
    assert examples_hash("warm") != examples_hash("cold")


def test_no_example_is_a_message() -> None:
    trained = [(message.text, words(message.text)) for message in training_messages()]
    near = [
        (example.text, text)
        for example in shipped_examples()
        for text, of_text in trained
        if likeness(words(example.text), of_text) > 0.6
    ]
    assert near == []
