"""Memory is asked before it is taken."""

import pytest

from warmchat.domain.errors import NotEnoughMemory
from warmchat.engine.llama.memory import check_weights, choose_context

KIB = 1024


def test_automatic_is_what_the_model_was_trained_for_up_to_8192() -> None:
    assert choose_context(wanted=0, trained=4096, kv_per_token=KIB, free=1 << 30).n_ctx == 4096
    assert choose_context(wanted=0, trained=131072, kv_per_token=KIB, free=1 << 30).n_ctx == 8192


def test_little_memory_gives_a_smaller_context_that_two_voices_can_have() -> None:
    choice = choose_context(wanted=0, trained=8192, kv_per_token=KIB, free=6000 * KIB)
    assert 2 * choice.n_ctx <= 6000
    assert choice.n_ctx >= 2560
    assert "memory" in choice.reason


def test_a_context_that_does_not_fit_is_refused_with_one_that_does() -> None:
    with pytest.raises(NotEnoughMemory) as refused:
        choose_context(wanted=100_000, trained=8192, kv_per_token=KIB, free=50_000 * KIB)
    assert "100,000" in refused.value.message
    assert "--ctx 49920" in refused.value.hint


def test_no_memory_at_all_is_refused() -> None:
    with pytest.raises(NotEnoughMemory):
        choose_context(wanted=0, trained=8192, kv_per_token=KIB, free=-5)
    with pytest.raises(NotEnoughMemory):
        check_weights(10 << 30, 1 << 30)
