"""How surprised the reference was, and how the replies were made."""

from __future__ import annotations

import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.ui.world import World, drawn, shelf_with_vector, until
from warmchat.domain.profile import Sampling
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, Reply
from warmchat.ui.disagreement.facts import fact_rows
from warmchat.ui.disagreement.heat import heat_of, heat_pieces, heat_words


def test_heat_by_thresholds() -> None:
    assert heat_of(math.log(0.11)) == heat_of(0.0) == "likely"
    assert heat_of(math.log(0.09)) == heat_of(math.log(0.011)) == "unusual"
    assert heat_of(math.log(0.009)) == heat_of(-math.inf) == heat_of(math.nan) == "very unlikely"


def test_neighbours_of_one_heat_become_one_span_and_blanks_stay_plain() -> None:
    scores = [TokenScore("It", -0.1), TokenScore(" is", -0.2), TokenScore(" Syd", -6.0), TokenScore("ney", -5.0),
              TokenScore(".", -3.0)]  # fmt: skip
    assert heat_pieces("It is Sydney.", scores) == [
        ("It is ", "likely"), ("Sydney", "very unlikely"), (".", "unusual"),
    ]  # fmt: skip


def test_tokens_that_do_not_spell_the_text_give_no_heat() -> None:
    assert heat_pieces("It is", [TokenScore("It", -1.0), TokenScore("is", -1.0)]) is None
    assert heat_pieces("It is", []) is None
    assert heat_pieces("é", [TokenScore("�", -1.0), TokenScore("�", -1.0)]) is None


@given(st.lists(st.tuples(st.text(max_size=5), st.floats(max_value=0.0)), min_size=1, max_size=20))
def test_pieces_put_together_are_the_text_and_every_token_keeps_its_heat(raw: list[tuple[str, float]]) -> None:
    scores = [TokenScore(*pair) for pair in raw]
    text = "".join(score.text for score in scores)
    cut = heat_pieces(text, scores)
    assert cut is not None
    assert "".join(piece for piece, _ in cut) == text
    heats = [heat for piece, heat in cut for _ in piece]
    at = 0
    for score in scores:
        blank = len(score.text) - len(score.text.lstrip())
        at += len(score.text)
        assert set(heats[at - len(score.text) + blank : at]) <= {heat_of(score.logprob)}


def test_scores_in_one_line() -> None:
    assert heat_words([TokenScore("a", -1.0), TokenScore("b", -6.0)]) == "3.50 nats a token; 1 of 2 very unlikely"
    assert heat_words([]) == ""


def test_the_facts_of_a_reply() -> None:
    origin = Origin(
        model_name="Tiny", dial=0.5, seed=7, sampling=Sampling(temperature=0.7, min_p=0.05, seed=7),
        adapters=({"kind": "control_vector", "name": "warmth", "strength": 2.0}, {"name": "odd", "strength": "high"}),
    )  # fmt: skip
    rows = dict(fact_rows(Reply("r", "shown", "companion", "", "x", "end", origin=origin)))
    assert rows == {
        "model": "Tiny",
        "warmth dial": "+0.50",
        "adapters": "warmth +2 (control vector), odd ?",
        "sampling": "temperature 0.7, min_p 0.05, max_tokens 512",
        "seed": "7",
    }
    plain = dict(fact_rows(Reply("r", "shadow", "oracle", "", "x", "end")))
    assert plain["warmth dial"] == plain["adapters"] == "none"
    assert plain["seed"] == "none: nothing is drawn"
    assert plain["model"] == "not recorded"


async def open_panel(world: World, pilot: Pilot[None], *scores: tuple[str, float]) -> None:
    await world.ready(pilot)
    await pilot.press("f2")
    await world.say(pilot, "What is the capital of Australia?")
    if scores:
        world.score(0, *scores)
    await pilot.press("f4")
    await until(pilot, lambda: "n p walk" in drawn(world))


TOKENS = (
    ("Oh", -5.2), (" friend", -7.1), (",", -0.3), (" I", -2.6), (" hear", -4.9), (" you", -0.4), (".", -0.6),
    (" The", -1.4), (" capital", -0.2), (" of", -0.1), (" Australia", -0.1), (" is", -0.1), (" Sydney", -5.3),
    (".", -0.2), (" I", -3.1), ("'m", -1.0), (" glad", -2.9), (" you", -0.5), (" asked", -0.3), ("!", -0.4),
)  # fmt: skip


async def test_one_key_colours_the_reply_and_the_legend_says_what_it_means() -> None:
    world = World()
    async with world.app.run_test(size=(120, 30), notifications=True) as pilot:
        await open_panel(world, pilot, *TOKENS)
        assert "h heat" in drawn(world)
        assert "How surprised" not in drawn(world)
        await pilot.press("h")
        await until(pilot, lambda: "How surprised the oracle is: likely · unusual <10% ·" in drawn(world))
        left = world.app.screen.query(".side .body").first()
        spans = [(left.visual.plain[s.start : s.end], str(s.style)) for s in left.visual.spans]  # type: ignore[attr-defined]
        assert ("Sydney", "bold underline $said-disagree") in spans
        assert ("hear", "bold underline $said-disagree") in spans
        assert ("glad", "underline $said-unsure") in spans
        await pilot.press("n")
        await pilot.pause()
        assert "How surprised" not in drawn(world)
        await pilot.press("h", "h")
        await pilot.pause()
        assert "How surprised" not in drawn(world)


async def test_heat_is_offered_only_where_there_are_scores() -> None:
    world = World()
    async with world.app.run_test(size=(120, 30), notifications=True) as pilot:
        await open_panel(world, pilot)
        assert "heat" not in drawn(world)
        await pilot.press("h")
        await until(pilot, lambda: any("has not said how likely" in n for n in world.notices))


async def test_scores_that_spell_another_text_are_not_shown() -> None:
    world = World(scores=True)  # the scripted engine's tokens have no blanks
    async with world.app.run_test(size=(120, 30), notifications=True) as pilot:
        await open_panel(world, pilot)
        assert "h heat" in drawn(world)
        await pilot.press("h")
        await until(pilot, lambda: any(n.startswith("No heat for this reply") for n in world.notices))
        assert "How surprised" not in drawn(world)


async def test_the_tables_say_how_both_replies_were_made_and_the_keys_scroll_them(tmp_path: Path) -> None:
    world = World(adapters=shelf_with_vector(tmp_path), scores=True)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await world.ready(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: world.app.chat.steering.setting is not None)
        await pilot.press("alt+plus", "alt+plus")
        await world.say(pilot, "What is the capital of Australia?")
        await pilot.press("f4")
        await until(pilot, lambda: "n p walk" in drawn(world))
        await pilot.press("s")
        await until(pilot, lambda: "names differ" in drawn(world))
        seen = drawn(world)
        for _ in range(20):
            await pilot.press("down")
            await pilot.pause(0.02)
            seen += drawn(world)
        assert "warmth dial +0.25" in seen
        assert "warmth +1 (control vector)" in seen
        assert "temperature 0.7" in seen
        assert "1.00 nats a token; 0 of 15 very unlikely" in seen
        assert "warmth dial 0" in seen  # the oracle's
        await pilot.press("s")
        await pilot.pause()
        assert "names differ" not in drawn(world)
