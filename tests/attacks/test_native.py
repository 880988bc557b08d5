"""Files over which llama.cpp ends its process: it is the engine's own, the program says what happened and goes on."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.train.tiny_models import tiny_model
from tests.attacks.fuzz.case import run_cli
from tests.engine.adapter_files import control_vector
from warmchat.domain.conversation import Message
from warmchat.domain.errors import AdapterError, EngineLost, ModelError
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import AGAIN, ANEW, ProcessEngine
from warmchat.engine.protocol import AdapterSpec, Finished, Job

JOB = Job((Message("user", "Hi"),), Sampling(max_tokens=2))
NOT_A_NUMBER = 0x7FFFFFFF


@pytest.fixture
def harmed(tmp_path: Path, in_folder: Path) -> Iterator[Path]:
    """A model that loads, and at whose first token llama.cpp ends its process; no image of memory may be left."""
    file = tiny_model(tmp_path / "tiny.gguf")
    yield with_number(file, "llama.attention.layer_norm_rms_epsilon", NOT_A_NUMBER)
    assert not list(in_folder.glob("core*"))


def with_number(file: Path, key: str, number: int) -> Path:
    """The model file with another 32-bit value of its metadata."""
    data = bytearray(file.read_bytes())
    at = data.index(key.encode()) + len(key) + 4
    data[at : at + 4] = struct.pack("<I", number)
    file.write_bytes(bytes(data))
    return file


def engine_on(file: Path) -> ProcessEngine:
    return ProcessEngine(EngineConfig(str(file), n_ctx=256, threads=1, memory_limit=1 << 30))


def test_a_model_that_ends_its_process_while_it_loads(tmp_path: Path, in_folder: Path) -> None:
    file = with_number(tiny_model(tmp_path / "tiny.gguf"), "llama.block_count", 100_000)
    engine = engine_on(file)
    try:
        for ask in (engine.describe, lambda: list(engine.submit(JOB))):
            with pytest.raises(ModelError, match=r"ended while loading tiny\.gguf \(signal") as refused:
                ask()
            assert "another GGUF" in refused.value.hint
    finally:
        engine.close()
    assert not list(in_folder.glob("core*"))


def test_a_model_that_ends_its_process_at_each_message(harmed: Path) -> None:
    engine = engine_on(harmed)
    try:
        engine.describe()
        for hint in (ANEW, AGAIN, AGAIN):
            with pytest.raises(EngineLost, match="signal") as lost:
                list(engine.submit(JOB))
            assert lost.value.hint == hint
    finally:
        engine.close()


def test_the_check_of_a_model_lets_it_say_something(harmed: Path) -> None:
    code, _, said = run_cli("models", "check", str(harmed))
    assert code == 1
    assert "process ended" in said


def test_an_adapter_that_is_refused_leaves_the_engine_as_it_was(tmp_path: Path) -> None:
    engine = engine_on(tiny_model(tmp_path / "tiny.gguf"))
    try:
        engine.describe()
        child = engine.pid
        vector = control_vector(tmp_path / "wide.gguf", width=96, layers=range(1, 2))
        spec = AdapterSpec("control_vector", "wide", str(vector), 0.5)
        with pytest.raises(AdapterError, match="wide"):
            list(engine.submit(Job(JOB.messages, JOB.sampling, adapters=(spec,))))
        *_, last = engine.submit(JOB)
        assert isinstance(last, Finished)
        assert engine.pid == child
    finally:
        engine.close()
