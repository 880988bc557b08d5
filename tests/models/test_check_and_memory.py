from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.gguf.gguf_files import write_gguf
from warmchat.domain.errors import EngineError, ModelError
from warmchat.gguf.header import chat_model
from warmchat.models.check import check_model
from warmchat.models.memory import SPARE_BYTES, memory_need


@dataclass(frozen=True)
class Loaded:
    load_s: float = 0.5
    n_ctx: int = 2048
    template: str = "abc"
    threads: int = 2
    notes: tuple[str, ...] = ("a note",)


def test_a_model_that_loads(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "a.gguf")
    asked: list[Path] = []

    def loader(path: Path) -> Loaded:
        asked.append(path)
        return Loaded()

    done = check_model(file, loader)
    assert asked == [file]
    assert (done.load_s, done.n_ctx, done.threads, done.notes) == (0.5, 2048, 2, ("a note",))
    assert done.header.path == file


def test_a_file_that_cannot_chat_is_never_loaded(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "a.gguf", general__type="adapter")
    with pytest.raises(ModelError, match="is an adapter"):
        check_model(file, lambda path: pytest.fail("loaded"))


def test_what_the_loader_raises_gets_through(tmp_path: Path) -> None:
    def loader(path: Path) -> Loaded:
        raise EngineError("it broke", "mend it")

    with pytest.raises(EngineError, match="it broke"):
        check_model(write_gguf(tmp_path / "a.gguf"), loader)


def test_memory_is_weights_and_context_at_the_window(tmp_path: Path) -> None:
    header = chat_model(write_gguf(tmp_path / "a.gguf"))  # trained for 2,048 tokens; 512 bytes of context a token
    need = memory_need(header, free=10**9)
    assert (need.n_ctx, need.weights, need.context) == (2048, header.size_bytes, 2048 * 512)
    assert need.fits
    assert memory_need(header, wanted_ctx=100, free=10**9).context == 100 * 512
    enough = need.total + SPARE_BYTES
    assert memory_need(header, free=enough).fits
    assert not memory_need(header, free=enough - 1).fits
    assert memory_need(header).free > 0


def test_the_window_is_bounded_where_none_is_asked_for(tmp_path: Path) -> None:
    large = chat_model(write_gguf(tmp_path / "a.gguf", llama__context_length=131_072))
    silent = chat_model(write_gguf(tmp_path / "b.gguf", llama__context_length=0))
    assert memory_need(large, free=0).n_ctx == memory_need(silent, free=0).n_ctx == 8192
    assert memory_need(large, wanted_ctx=131_072, free=0).n_ctx == 131_072
