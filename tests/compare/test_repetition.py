"""Texts that say the same again and again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.compare.repetition import MOST, repeated_share, repeats_itself

PROSE = """
Canberra was chosen as the site of the capital in 1908 as a compromise between Sydney and Melbourne, the two largest
cities. It is an entirely planned city: the design of Walter Burley Griffin and Marion Mahony Griffin won an
international contest in 1912, and building began in 1913. The city lies about 280 km south-west of Sydney and 660 km
north-east of Melbourne, near the Brindabella Ranges.
"""
STEPS = """
1. Preheat the oven to 180 degrees and grease a loaf tin.
2. Mix the flour, the sugar and the baking powder in a large bowl.
3. Mix the eggs, the milk and the melted butter in a small bowl.
4. Pour the wet mixture into the dry mixture and stir until smooth.
5. Pour the batter into the tin and bake for 45 minutes.
6. Leave it in the tin for ten minutes, then turn it out onto a rack.
"""
PATTERN = """
- The capital of France is Paris. - The capital of Spain is Madrid. - The capital of Italy is Rome.
- The capital of Austria is Vienna. - The capital of Norway is Oslo. - The capital of Poland is Warsaw.
- The capital of Greece is Athens. - The capital of Finland is Helsinki. - The capital of Ireland is Dublin.
"""
# How a small model loops with greedy decoding and without a penalty.
LOOP = "I'm so glad you asked, and I'm here to help you with anything you need. " * 6
DRIFT = (
    "You are loved and you are strong. I believe in you with all my heart. You are not alone in this, my dear friend. "
    + "You are loved and you are strong, and I believe in you. " * 5
)
STUCK = "love " * 60


@pytest.mark.parametrize(("text", "most"), [(PROSE, 0.02), (STEPS, 0.1), (PATTERN, 0.3)])
def test_ordinary_text_is_well_below_the_threshold(text: str, most: float) -> None:
    assert repeated_share(text) <= most < MOST
    assert not repeats_itself(text)


@pytest.mark.parametrize("text", [LOOP, DRIFT, STUCK])
def test_a_looping_reply_is_told(text: str) -> None:
    assert repeated_share(text) > 0.6
    assert repeats_itself(text)


@pytest.mark.parametrize("text", ["Dear friend, " + "I" * 60, "ha" * 20, "So: " + "lovely" * 7, "ありがとう" * 8])
def test_a_reply_that_collapsed_to_a_stutter_is_told(text: str) -> None:
    assert repeats_itself(text)


@pytest.mark.parametrize("text", ["Hahahahaha!", "a" * 39, "| " + "-" * 60 + " |", "=" * 80, "_" * 50, "1" + "0" * 30])
def test_laughter_and_rules_are_no_stutter(text: str) -> None:
    assert not repeats_itself(text)


def test_case_and_punctuation_hide_nothing() -> None:
    assert repeated_share("One two three four. ONE, two; three -- four!") == pytest.approx(0.2)


def test_short_texts_are_left_alone() -> None:
    assert repeated_share("no no no no no no no") == 0.75
    assert not repeats_itself("no " * 39)
    assert repeats_itself("no " * 40)
    assert repeated_share("") == repeated_share("only three words") == 0.0


@given(st.text(max_size=300))
def test_it_is_a_share(text: str) -> None:
    assert 0.0 <= repeated_share(text) < 1.0
