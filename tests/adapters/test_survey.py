"""What is on the shelf: what fits the starter, what does not and why, and who uses it. Headers alone are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector, lora
from warmchat.adapters.survey import Surveyed, layer_text, one, survey
from warmchat.domain.errors import NotFound
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.gguf.header import GGUFHeader, read_header
from warmchat.models.adapters import AdapterShelf, base_name

USER = Profile("kind", "Kind", "Be kind.", adapters=(AdapterRef("control_vector", "warmth", 0.2),))


@pytest.fixture(scope="module")
def header(starter: Path) -> GGUFHeader:
    return read_header(starter)


@pytest.fixture
def folder(tmp_path: Path, header: GGUFHeader) -> Path:
    folder = tmp_path / base_name(header)
    folder.mkdir()
    return folder


def surveyed(folder: Path, header: GGUFHeader | None) -> dict[str, Surveyed]:
    shelf = AdapterShelf([("mine", folder.parent)])
    return {item.name: item for item in survey(shelf, header, [USER])}


def test_what_fits_is_told_with_its_range_and_its_users(folder: Path, header: GGUFHeader) -> None:
    control_vector(folder / "warmth.gguf", span=(-0.2, 0.4))
    lora(folder / "warm.gguf")
    found = surveyed(folder, header)
    vector = found["warmth"]
    assert vector.fits
    assert vector.profiles == ("kind",)
    assert vector.layers == tuple(range(8, 23))
    assert vector.found is not None
    assert vector.found.range == pytest.approx((-0.2, 0.4))
    assert vector.metadata["controlvector.model_hint"] == "llama"
    assert found["warm"].fits
    assert found["warm"].profiles == ()
    assert found["warm"].as_dict()["kind"] == "lora"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda f: control_vector(f, width=512), "512 wide, the model's residual stream 576"),
        (lambda f: control_vector(f, hint="gemma2"), "made for a gemma2 model"),
        (lambda f: control_vector(f, layers=range(28, 33)), "acts on layer 32, the model has 30"),
        (lambda f: lora(f, width=512), "another size"),
        (lambda f: f.write_text("hello"), "not a GGUF"),
        (lambda f: control_vector(f).write_bytes(f.read_bytes()[:300]), "cut short"),
        (lambda f: control_vector(f, architecture="llama"), "neither a LoRA nor a control vector"),
    ],
)
def test_what_does_not_fit_is_listed_with_the_reason(
    folder: Path, header: GGUFHeader, make: Callable[[Path], object], why: str
) -> None:
    make(folder / "odd.gguf")
    control_vector(folder / "warmth.gguf")
    found = surveyed(folder, header)
    assert why in found["odd"].misfit
    assert found["warmth"].fits, "one bad file hides no other"
    assert next(iter(found)) == "warmth", "what fits stands first"


def test_a_lora_for_weights_that_the_model_lacks(folder: Path, header: GGUFHeader, tmp_path: Path) -> None:
    import numpy as np

    import gguf

    writer = gguf.GGUFWriter(folder / "x.gguf", "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_tensor("blk.99.attn_q.weight.lora_a", np.zeros((4, 576), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert "which the model does not have" in surveyed(folder, header)["x"].misfit


def test_an_adapter_of_another_base_says_so(tmp_path: Path, header: GGUFHeader) -> None:
    other = tmp_path / "other-7b"
    other.mkdir()
    control_vector(other / "warmth.gguf")
    assert "filed under other-7b" in surveyed(other, header)["warmth"].misfit
    assert surveyed(other, None)["warmth"].misfit == "", "without a model nothing is said of fitting"


def test_one_by_name_or_by_path(folder: Path, tmp_path: Path, header: GGUFHeader) -> None:
    control_vector(folder / "warmth.gguf")
    other = tmp_path / "other-7b"
    other.mkdir()
    control_vector(other / "warmth.gguf")
    shelf = AdapterShelf([("mine", tmp_path)])
    assert one("warmth", shelf, header, []).path == folder / "warmth.gguf"
    assert one(str(other / "warmth.gguf"), shelf, header, []).fits, "a file is judged by what is in it"
    with pytest.raises(NotFound, match="Several"):
        one("warmth", shelf, None, [])
    with pytest.raises(NotFound, match="no adapter called 'cold'"):
        one("cold", shelf, header, [])


def test_layers_are_written_shortly() -> None:
    assert layer_text(range(8, 23)) == "8-22"
    assert layer_text([1, 3, 5]) == "1, 3, 5"
    assert layer_text([4]) == "4"
    assert layer_text([]) == ""
