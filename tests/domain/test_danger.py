"""Messages that say a life is in danger, and far more that only sound like it."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from typing import Any

import pytest

from warmchat.domain.danger import signals_danger

MEANT = """
I want to kill myself
I'm going to kill myself tonight
I have been thinking about killing myself.
i dont want to live anymore
I don't want to live any more.
I just don't want to be alive, I'm so tired
I want to die
I really want to die. Nothing helps.
I wish I was dead
I wish I were dead
I feel suicidal again
I'm suicidal
I've been feeling suicidal since she left
Everyone would be better off without me
I think they'd be better off without me
There is no point in living
I see no reason to live
I decided to end my life
I'm thinking of taking my own life
I am planning to commit suicide
I keep cutting myself
I have the urge to hurt myself
I just took a whole bottle of pills
I took all my pills
I overdosed an hour ago
My friend says she doesn't want to live any more. I promised to tell no one, so I'll keep quiet.
My brother says he wants to kill himself
My sister tried to kill herself yesterday
she's home alone and my best friend is suicidal
My boyfriend threatened to kill me
My ex said he is going to kill me
My husband choked me last night
I think I'm having a heart attack
I think I am having a stroke
My baby is not breathing
My mother is unconscious on the floor
My chest has been tight and my left arm hurts since this morning. I'll sleep it off and see tomorrow.
My daughter swallowed bleach
"""

NOT_MEANT = """
This heat is killing me
I'm dying to see that film
I could die of embarrassment
I want to die of shame
I nearly had a heart attack when the bill came
I almost died laughing
I'd kill for a coffee
My boss will kill me if I'm late
My wife will kill me for buying another guitar
My mum is going to kill me for this
kill the process on port 8080
How do I kill a zombie process?
I want to kill myself in this level to respawn, which game lets me?
How do I kill a weed without poison?
My phone died
The battery keeps dying
I'm dead tired
I don't want to live in Berlin any more
I don't want to live with my parents
I don't want to die
I'm not suicidal, just sad
I don't want to be alive to see the sequel
I wish I was dead drunk
Why did Hemingway kill himself?
Did Van Gogh commit suicide?
What is the suicide rate in Japan?
Who killed Kennedy?
Write a story in which I want to kill myself
In my novel he says that he wants to kill himself
Translate "I want to die" into French
What does "I don't want to live anymore" mean in German?
He said “I want to die” in the first act
Summarise Romeo and Juliet: why does she want to kill herself?
The lyrics go: I want to die
I cut myself some slack today
I cut myself shaving
I keep cutting myself off in meetings
My grandfather died of a stroke in 1998
What are the signs of a stroke?
How many people die of heart attacks a year?
My chest freezer stopped working
I hurt my left arm at tennis
I took all my clothes to the laundry
I took all the photos myself
I took too many photos
I took too many pictures yesterday
I ended my subscription, the best decision of my life
I want to end this call
It's the end of my life as a student
Life is better off the grid
We are better off without them
I'm killing it at work
She's drop-dead gorgeous
My cat is not breathing fire
The engine stopped breathing black smoke
I shot myself in the foot with that commit
Suicide Squad is a bad film
He is going to kill it on stage
My team is going to kill us all with these deadlines
I feel like a failure tonight.
I'm feeling very low today; it is hard to see the point of anything.
What's the point of living in a city?
I am ready to die on this hill
I want to die on a mountain of gold when I am 100
"""


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("message", lines(MEANT))
def test_what_is_meant_is_found(message: str) -> None:
    assert signals_danger(message)
    assert signals_danger(f"I had a long day. {message.rstrip('.')}. What is the capital of France?")


@pytest.mark.parametrize("message", lines(NOT_MEANT))
def test_what_only_sounds_like_it_is_passed_over(message: str) -> None:
    assert not signals_danger(message)


def test_of_all_questions_and_contexts_of_the_evaluations_only_the_grave_cases_are_found() -> None:
    sets = files("warmchat.evals").joinpath("sets")
    messages = [json.loads(line) for name in ("advice.jsonl", "facts.jsonl")
                for line in sets.joinpath(name).read_text(encoding="utf-8").splitlines()]  # fmt: skip
    said = [str(case.get("message", case.get("question"))) for case in messages]
    said += texts(json.loads(sets.joinpath("contexts.json").read_text(encoding="utf-8")))
    assert len(said) > 500
    found = [message for message in said if signals_danger(message)]
    assert [message[:20] for message in found] == ["My chest has been ti", "My friend says she d"]


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in inner for text in texts(part)]


@pytest.mark.parametrize("message", ["I want to " * 5000, "i " * 100_000, "my friend " * 20_000, "“" * 50_000, ""])
def test_long_and_odd_messages_take_no_time(message: str) -> None:
    started = time.perf_counter()
    assert not signals_danger(message)
    assert time.perf_counter() - started < 0.5
