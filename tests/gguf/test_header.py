from __future__ import annotations

import os
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gguf.gguf_files import CHAT, TEMPLATE, TENSORS, gguf_bytes, write_gguf
from warmchat.domain.errors import ModelError
from warmchat.gguf.header import GGUFHeader, chat_model, read_header
from warmchat.shipped import starter_model

WHOLE = gguf_bytes()
HEAD = len(gguf_bytes(with_data=False))


def error_of(path: Path) -> ModelError:
    with pytest.raises(ModelError) as raised:
        chat_model(path)
    assert raised.value.hint
    assert str(raised.value).isprintable()
    return raised.value


def test_a_whole_file(tmp_path: Path) -> None:
    header = chat_model(write_gguf(tmp_path / "tiny.gguf"))
    assert header.kind == "chat"
    assert (header.architecture, header.name, header.basename) == ("llama", "Tiny Chat", "tiny")
    assert (header.size_label, header.quantisation) == ("1K", "Q4_1")
    assert header.n_params == 64 * 32 + 64
    assert (header.context_length, header.block_count, header.embedding_length) == (2048, 4, 64)
    assert (header.head_count, header.head_counts_kv) == (4, (2, 2, 2, 2))
    assert header.has_chat_template
    assert header.chat_template == TEMPLATE
    assert header.size_bytes == header.expected_size == len(WHOLE)
    assert len(header.identity) == 32


def test_context_memory_of_one_token(tmp_path: Path) -> None:
    header = chat_model(write_gguf(tmp_path / "tiny.gguf"))
    assert header.kv_bytes_per_token() == 4 * 2 * (16 + 16) * 2  # layers x heads x (key + value) x two bytes
    assert header.kv_bytes_per_token("q8_0") == 4 * 2 * 32 * 34 / 32
    with pytest.raises(ValueError, match="q9"):
        header.kv_bytes_per_token("q9")
    wide = chat_model(
        write_gguf(tmp_path / "wide.gguf", llama__attention__key_length=128, llama__attention__value_length=64)
    )
    assert wide.kv_bytes_per_token() == 4 * 2 * (128 + 64) * 2
    mixed = chat_model(write_gguf(tmp_path / "mixed.gguf", llama__attention__head_count_kv=[0, 0, 0, 2]))
    assert mixed.kv_bytes_per_token() == 2 * 32 * 2
    silent = chat_model(write_gguf(tmp_path / "silent.gguf", {"general.architecture": "rwkv7"}))
    assert silent.kv_bytes_per_token() == 0


def test_quantisation_is_counted_where_the_file_does_not_say(tmp_path: Path) -> None:
    pairs = {key: value for key, value in CHAT.items() if key != "general.file_type"}
    assert chat_model(write_gguf(tmp_path / "a.gguf", pairs)).quantisation == "Q4_0"
    assert chat_model(write_gguf(tmp_path / "b.gguf", general__file_type=1024)).quantisation == "Q4_0"


def test_identity_is_of_the_header_and_the_size(tmp_path: Path) -> None:
    one = read_header(write_gguf(tmp_path / "one.gguf"))
    assert read_header(write_gguf(tmp_path / "copy.gguf")).identity == one.identity
    assert read_header(write_gguf(tmp_path / "b.gguf", general__name="Other")).identity != one.identity
    other_words = {**CHAT, "tokenizer.ggml.tokens": ["<s>", "a", "c"]}
    assert read_header(write_gguf(tmp_path / "c.gguf", other_words)).identity != one.identity
    longer = tmp_path / "longer.gguf"
    longer.write_bytes(WHOLE + bytes(32))
    assert read_header(longer).identity != one.identity


@pytest.mark.parametrize("version", [2, 3])
def test_both_versions_in_use_are_read(tmp_path: Path, version: int) -> None:
    file = tmp_path / "v.gguf"
    file.write_bytes(gguf_bytes(version=version))
    assert chat_model(file).version == version


def test_no_template_no_name(tmp_path: Path) -> None:
    header = chat_model(write_gguf(tmp_path / "bare.gguf", {"general.architecture": "llama"}))
    assert not header.has_chat_template
    assert header.name == "bare"
    assert header.context_length == 0


def test_names_from_a_file_are_harmless(tmp_path: Path) -> None:
    header = chat_model(write_gguf(tmp_path / "h.gguf", general__name="\x1b]52;c;aGk=\x07Ti\x1b[31mny\n" + "x" * 500))
    assert header.name.startswith("Ti" + "ny xxx")
    assert header.name.isprintable()
    assert len(header.name) <= 120


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ({"general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora"}, "is an adapter"),
        ({"general.architecture": "controlvector", "controlvector.layer_count": 30}, "is a control vector"),
        ({"general.architecture": "clip", "general.type": "mmproj"}, "is a projector"),
        ({"general.architecture": "imatrix", "general.type": "imatrix"}, "importance matrix"),
        ({"general.architecture": "nomic-bert"}, "embedding model"),
        ({"general.architecture": "qwen3", "qwen3.pooling_type": 3}, "embedding model"),
        ({**CHAT, "split.count": 3}, "split over several files"),
    ],
)
def test_ggufs_that_cannot_chat(tmp_path: Path, pairs: dict[str, object], says: str) -> None:
    file = write_gguf(tmp_path / "other.gguf", pairs)
    assert read_header(file).kind != "chat"
    assert says in error_of(file).message


def test_a_pooling_type_of_none_is_a_chat_model(tmp_path: Path) -> None:
    assert chat_model(write_gguf(tmp_path / "a.gguf", llama__pooling_type=0)).kind == "chat"


def test_a_vocabulary_alone(tmp_path: Path) -> None:
    file = tmp_path / "vocab.gguf"
    file.write_bytes(gguf_bytes(CHAT, ()))
    assert "no weights" in error_of(file).message


def test_one_part_of_several_by_its_name(tmp_path: Path) -> None:
    assert "split" in error_of(write_gguf(tmp_path / "big-00002-of-00003.gguf")).message
    assert chat_model(write_gguf(tmp_path / "big-00001-of-00001.gguf")).kind == "chat"


@pytest.mark.parametrize(
    ("start", "says"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n", "Git LFS pointer"),
        (b"PK\x03\x04rest", "zip archive"),
        (struct.pack("<Q", 40) + b'{"__metadata__":{"format":"pt"}}' + bytes(90), "safetensors"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
        (b"\n  <html>", "web page"),
        (b'{"error":"Repository not found"}', "JSON"),
        (b"# My model\nIt is good.\n", "text file"),
        (b"tjgg\x03\0\0\0", "before 2023"),
        (bytes(5000), "zeros"),
        (b"\x80\x02}q\0", "PyTorch"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\x01\x02\xff\xfe", "none of the bytes"),
    ],
)
def test_what_is_not_a_gguf_is_called_by_its_name(tmp_path: Path, start: bytes, says: str) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(start)
    error = error_of(file)
    assert error.message.startswith("m.gguf is not a GGUF file: ")
    assert says in error.message


def test_a_file_cut_short_says_how_much_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "cut.gguf"
    file.write_bytes(WHOLE[:-7])
    assert error_of(file).message == f"cut.gguf is cut short: {len(WHOLE) - 7:,} bytes of {len(WHOLE):,}"
    file.write_bytes(WHOLE[: HEAD // 2])
    assert f"within its header, after {HEAD // 2:,} bytes" in error_of(file).message
    file.write_bytes(b"GGUF")
    assert "cut short" in error_of(file).message


def test_a_big_endian_file_and_an_old_one(tmp_path: Path) -> None:
    file = tmp_path / "e.gguf"
    file.write_bytes(b"GGUF" + struct.pack(">IQQ", 3, 1, 1) + bytes(64))
    assert "big-endian" in error_of(file).message
    file.write_bytes(b"GGUF" + struct.pack("<III", 1, 1, 1) + bytes(64))
    assert "version is 1" in error_of(file).message


def test_places_that_are_no_file(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.gguf").message.startswith("There is no file ")
    assert error_of(write_gguf(tmp_path / "a.gguf") / "b.gguf").message.startswith("There is no file ")
    assert "a.gguf" in error_of(tmp_path).hint
    (tmp_path / "empty").mkdir()
    assert "no .gguf" in error_of(tmp_path / "empty").hint
    os.mkfifo(tmp_path / "pipe.gguf")
    assert "not a regular file" in error_of(tmp_path / "pipe.gguf").message
    assert error_of(Path("a\0b")).message


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_gguf(tmp_path / "a.gguf")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    assert "may not be read" in error_of(file).message


def _claiming(**changes: int) -> bytes:
    """A short file that claims a huge count at one place."""
    n_tensors, n_pairs = changes.get("tensors", 1), changes.get("pairs", 1)
    head = b"GGUF" + struct.pack("<IQQ", 3, n_tensors, n_pairs)
    head += struct.pack("<Q", changes.get("key", 1)) + b"k"
    head += struct.pack("<IIQ", 9, changes.get("kind", 8), changes.get("elements", 1))
    return head + struct.pack("<Q", changes.get("text", 1)) + b"x" * 100


@pytest.mark.parametrize("place", ["tensors", "pairs", "key", "elements", "text"])
@pytest.mark.parametrize("count", [2**31, 2**62, 2**64 - 1])
def test_claimed_lengths_cost_nothing(tmp_path: Path, place: str, count: int) -> None:
    file = tmp_path / "claim.gguf"
    file.write_bytes(_claiming(**{place: count}))
    tracemalloc.start()
    error_of(file)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_arrays_of_arrays_and_unknown_types_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "nested.gguf"
    for kind in (9, 13, 2**31):
        file.write_bytes(_claiming(kind=kind))
        assert "cannot be read" in error_of(file).message


def test_a_huge_sparse_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "sparse.gguf"
    with file.open("wb") as opened:
        opened.write(_claiming(text=2**39))
        opened.truncate(2**40)
    began = time.perf_counter()
    assert "longer than 128 MiB" in error_of(file).message
    assert time.perf_counter() - began < 5


def test_a_tensor_type_of_the_future_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "new.gguf"
    file.write_bytes(gguf_bytes(CHAT, [("a", (8, 8), 99)]))
    header = chat_model(file)
    assert (header.n_params, header.expected_size) == (64, 0)


@pytest.mark.parametrize(
    ("pairs", "tensors", "says"),
    [
        ({**CHAT, "general.alignment": 3}, TENSORS, "alignment"),
        ({**CHAT, "general.alignment": 0}, TENSORS, "alignment"),
        (CHAT, (("a", (33,), 2),), "rows of 33"),
        (CHAT, (("a", (2**32, 2**32), 0),), "larger than any file"),
    ],
)
def test_tables_that_make_no_sense(
    tmp_path: Path, pairs: dict[str, object], tensors: tuple[tuple[str, tuple[int, ...], int], ...], says: str
) -> None:
    file = tmp_path / "odd.gguf"
    file.write_bytes(gguf_bytes(pairs, tensors, with_data=False))
    assert says in error_of(file).message


def test_long_vocabularies_across_the_buffer(tmp_path: Path) -> None:
    """Texts that lie across the end of the reading buffer, and one larger than it."""
    words = ["x" * (index % 301) for index in range(4000)] + ["y" * 700_000] + ["z" * 40_000] * 20
    header = read_header(write_gguf(tmp_path / "v.gguf", {**CHAT, "tokenizer.ggml.merges": words, "general.zz": "end"}))
    assert header.kind == "chat"
    assert header.size_bytes == header.expected_size


def _survives(file: Path, data: bytes) -> GGUFHeader | ModelError:
    file.write_bytes(data)
    try:
        return read_header(file)
    except ModelError as error:
        return error


@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_is_an_error_in_words_or_harmless(tmp_path: Path, data: st.DataObject) -> None:
    """Cut anywhere, and with any bytes flipped: no crash, no hang, no large allocation."""
    mutant = bytearray(WHOLE[: data.draw(st.integers(0, len(WHOLE)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if mutant:
            mutant[data.draw(st.integers(0, min(len(mutant), HEAD) - 1))] = data.draw(st.integers(0, 255))
    tracemalloc.start()
    try:
        outcome = _survives(tmp_path / "mutant.gguf", bytes(mutant))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    if isinstance(outcome, ModelError):
        assert str(outcome).isprintable()
    else:
        assert outcome.kv_bytes_per_token() >= 0


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "cut.gguf"
    for length in range(len(WHOLE)):
        assert isinstance(_survives(file, WHOLE[:length]), ModelError), length


@pytest.mark.skipif(starter_model() is None, reason="the starter (extra `starter`) is not installed")
def test_the_starter() -> None:
    starter = starter_model()
    assert starter is not None
    began = time.perf_counter()
    header = chat_model(starter)
    assert time.perf_counter() - began < 1
    assert (header.architecture, header.quantisation, header.size_label) == ("llama", "Q4_1", "135M")
    assert header.n_params == 134_515_008
    assert header.size_bytes == header.expected_size
    assert (header.context_length, header.has_chat_template) == (8192, True)
    assert header.kv_bytes_per_token() * 8192 == 180 * 2**20
