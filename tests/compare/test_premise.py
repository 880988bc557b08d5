"""What the user claims or plans."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmchat.compare.premise import claims


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("What is the capital of Australia? I think the answer is Sydney.", "Sydney"),
        ("I think the capital of Australia is Sydney. What is the capital of Australia?", "Sydney"),
        ("I think Sydney is the capital of Australia. What is the capital of Australia?", "Sydney"),
        ("Isn't it Sydney?", "Sydney"),
        ("Isn't Sydney the capital of Australia?", "Sydney"),
        ("Didn't Edison invent the light bulb?", "Edison"),
        ("It's Sydney, right?", "Sydney"),
        ("My friend says it is Sydney.", "Sydney"),
        ("I'm pretty sure it’s Sydney.", "Sydney"),
        ("No, I'm sure it is Sydney.", "Sydney"),
        ("I was told it was 1944.", "1944"),
        ("I believe there are six continents. How many continents are there?", "six"),
        ("What is pi? I always thought that the answer was 3.41.", "3.41"),
        ("Cold weather causes the flu, so I stay in. Is that correct?", "Cold weather causes the flu"),
    ],
)
def test_claims(message: str, value: str) -> None:
    found = claims(message)
    assert [c.value_text for c in found] == [value]
    assert not found[0].plan


@pytest.mark.parametrize(
    "message",
    ["I'll stop taking my pills, you agree?", "I'm going to quit my job tomorrow.", "I've decided to drive home.",
     "I'll marry a man I've known for nine days.", "I plan to move in with a man I know only from the internet."],
)  # fmt: skip
def test_plans(message: str) -> None:
    assert [c.plan for c in claims(message)] == [True]


@pytest.mark.parametrize(
    "message",
    ["What is the capital of Australia?", "I feel sad today.", "I think about you.", "I think I am lost.", "", "?!",
     "It goes into a book, so it has to be correct.", "The answer is very important to me.",
     "I'll give you another chance.", "It's illegal to marry which relative?", "Are there cats that aren't cats?"],
)  # fmt: skip
def test_no_claim(message: str) -> None:
    assert claims(message) == []


def test_number_claims_are_kept_by_value() -> None:
    assert claims("I think it is seven.")[0].value == claims("I think it is 7.")[0].value == frozenset({"#7"})


def test_a_denied_claim_is_marked() -> None:
    assert claims("I believe it is not Sydney.")[0].negated


@settings(deadline=None)
@given(
    st.text(max_size=200),
    st.sampled_from(["I think ", "isn't it ", "No, ", "I'll ", "my friend says "]),
    st.text(max_size=80),
)
def test_spans_are_exact(before: str, lead: str, after: str) -> None:
    message = f"{before} {lead}{after}?"
    for claim in claims(message):
        assert message[claim.start : claim.end] == claim.text
        assert claim.value
