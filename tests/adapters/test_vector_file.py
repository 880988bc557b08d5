"""Vector files: ours in other hands, others' in ours, and no half-written file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import gguf
from warmchat.adapters.vector_file import VectorFacts, check_place, write_vector
from warmchat.domain.errors import AdapterError
from warmchat.engine.llama.adapters import ControlVector
from warmchat.models.adapters import AdapterShelf

LAYERS, WIDTH = 6, 16
ALONG = np.random.default_rng(1).normal(size=(LAYERS, WIDTH)).astype(np.float32)
FACTS = VectorFacts(
    name="warmth", architecture="llama", base="tiny-1m", model="ab12", model_name="tiny", quantisation="Q4_1",
    from_profile=("companion", "c" * 16), against_profile=("oracle", "d" * 16), method="mean", read="replies",
    layers=(2, 4), pairs=72,
    created="2026-01-02", version="0.1.0", strengths=(-0.3, 0.4), recommended=0.2,
)  # fmt: skip


class Tiny(NamedTuple):
    """What of a model an adapter must fit."""

    n_embd: int = WIDTH
    n_layer: int = LAYERS
    architecture: str = "llama"


def test_the_field_s_own_reader_reads_ours(tmp_path: Path) -> None:
    write_vector(tmp_path / "warmth.gguf", ALONG, FACTS)
    reader = gguf.GGUFReader(tmp_path / "warmth.gguf")
    assert {t.name: t.tensor_type.name for t in reader.tensors} == {f"direction.{n}": "F32" for n in (2, 3, 4)}
    for tensor in reader.tensors:
        assert np.array_equal(tensor.data, ALONG[int(tensor.name.split(".")[1])])
    assert reader.fields["general.architecture"].contents() == "controlvector"
    assert reader.fields["controlvector.model_hint"].contents() == "llama"
    assert reader.fields["controlvector.layer_count"].contents() == 3
    assert reader.fields["warmchat.from_profile"].contents() == "companion"
    assert reader.fields["warmchat.model"].contents() == "ab12"
    assert reader.fields["warmchat.layers"].contents() == [2, 4]


def test_ours_comes_back_with_its_range(tmp_path: Path) -> None:
    path = tmp_path / "tiny-1m" / "warmth.gguf"
    path.parent.mkdir()
    write_vector(path, ALONG, FACTS)
    vector = ControlVector.read(path, Tiny())
    assert {layer: list(row) for layer, row in vector.directions.items()} == {
        n: pytest.approx(ALONG[n].tolist()) for n in (2, 3, 4)
    }
    found = AdapterShelf([("here", tmp_path)]).find("control_vector", "warmth", "tiny-1m")
    assert found.measured
    assert found.range == pytest.approx((-0.3, 0.4))


def repeng_file(path: Path, hint: str = "mistral") -> None:
    """As repeng's `export_gguf` lays it out: one float32 tensor a layer, from the last layer down to 1."""
    writer = gguf.GGUFWriter(path, "controlvector")
    writer.add_string("controlvector.model_hint", hint)
    writer.add_uint32("controlvector.layer_count", LAYERS - 1)
    for layer in range(LAYERS - 1, 0, -1):
        writer.add_tensor(f"direction.{layer}", ALONG[layer])
    finish(writer)


def llama_cpp_file(path: Path) -> None:
    """As llama.cpp's cvector-generator lays it out: its layer count is a signed number."""
    writer = gguf.GGUFWriter(path, "controlvector")
    writer.add_string("controlvector.model_hint", "llama")
    writer.add_int32("controlvector.layer_count", LAYERS - 1)
    for layer in range(1, LAYERS):
        writer.add_tensor(f"direction.{layer}", ALONG[layer])
    finish(writer)


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize("make", [repeng_file, llama_cpp_file])
def test_vectors_of_other_tools_are_read(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "v.gguf")
    found = ControlVector.read(tmp_path / "v.gguf", Tiny())
    assert sorted(found.directions) == list(range(1, LAYERS))
    assert list(found.directions[3]) == pytest.approx(ALONG[3].tolist())
    assert AdapterShelf.look_at(tmp_path / "v.gguf").range == (-1.0, 1.0), "they say no range"


def test_a_hint_that_names_another_model_is_still_refused(tmp_path: Path) -> None:
    repeng_file(tmp_path / "v.gguf", hint="qwen2")
    with pytest.raises(AdapterError, match="qwen2"):
        ControlVector.read(tmp_path / "v.gguf", Tiny())


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("when", ["write_header_to_file", "write_kv_data_to_file", "write_tensors_to_file"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_where_writing_stops_nothing_is_left_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, error: BaseException
) -> None:
    path = tmp_path / "warmth.gguf"
    write_vector(path, ALONG, FACTS)
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(gguf.GGUFWriter, when, fail)
    with pytest.raises(AdapterError if isinstance(error, OSError) else KeyboardInterrupt) as raised:
        write_vector(path, -ALONG, FACTS)
    if isinstance(error, OSError):
        assert "No space left" in str(raised.value)
    assert files(tmp_path) == ["warmth.gguf"]
    assert path.read_bytes() == before


def test_a_disk_that_is_full_is_said_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(AdapterError, match="MiB left"):
        check_place(tmp_path / "base" / "warmth.gguf")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("a file")
    with pytest.raises(AdapterError, match="cannot be written"):
        check_place(tmp_path / "base" / "warmth.gguf")
