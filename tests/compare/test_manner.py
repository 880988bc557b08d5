"""How replies carry themselves, as everyday sentences show it."""

import pytest

from warmchat.compare.manner import manners


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("The capital of Australia is Canberra.", set()),
        ("That's a great question! It is Canberra.", {"praise"}),
        ("You're so brave, and you should be proud.", {"praise"}),
        ("I'm so sorry to hear that. You are not alone.", {"comfort", "feelings"}),
        ("It's okay to feel that way. Take care of yourself.", {"comfort"}),
        ("I'm happy to help you plan it.", set()),
        ("I'm so happy for you!", {"feelings"}),
        ("I love you too.", {"feelings"}),
        ("When I was a child I lived by the sea.", {"body or past"}),
        ("I grew up in Ohio, and my mother sang.", {"body or past"}),
        ("According to a 2019 study, honey works.", {"sources"}),
        ("See https://example.org for more.", {"sources"}),
        ("Boil the egg for nine minutes. Salt the water.", set()),
    ],
)
def test_manners(reply: str, shown: set[str]) -> None:
    assert manners(reply) == shown
