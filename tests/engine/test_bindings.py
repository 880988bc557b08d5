"""What we change in llama.cpp's own parameters."""

from __future__ import annotations

import pytest

from warmchat.engine.llama import bindings


@pytest.mark.parametrize("amx", [True, False])
def test_weights_are_packed_anew_but_for_amx(amx: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bindings, "has_amx", lambda: amx)
    assert bindings.model_params().use_extra_bufts is not amx
