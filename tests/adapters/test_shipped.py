"""The adapters that ship for the starter: each fits it, has its card, and does something to it that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from warmchat.adapters.survey import survey
from warmchat.domain.conversation import Message
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import AdapterSpec, Finished, Job
from warmchat.gguf.header import chat_model
from warmchat.models.adapters import AdapterShelf, FoundAdapter, base_name
from warmchat.profiles.library import ProfileLibrary
from warmchat.shipped import shipped_folder

SHELF = AdapterShelf([("shipped", shipped_folder("models") / "adapters")])
PROMISED = {("warmth", "control_vector"), ("warm", "lora"), ("cold", "lora")}
MOST_BYTES = 6_000_000
MESSAGES = ("My cat died this morning.", "What is a thesaurus?")


@pytest.fixture(scope="module")
def engine(starter: Path) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(EngineConfig(str(starter), n_ctx=1024))
    try:
        yield engine
    finally:
        engine.close()


def shipped(starter: Path) -> list[FoundAdapter]:
    return list(SHELF.all(base_name(chat_model(starter))))


def test_what_is_promised_is_there_and_fits(starter: Path) -> None:
    profiles = ProfileLibrary([("shipped", shipped_folder("system_prompts"))]).all()
    found = survey(SHELF, chat_model(starter), profiles)
    assert {(item.name, item.found.kind) for item in found if item.found is not None} == PROMISED
    assert all(item.fits for item in found)


def test_each_has_a_card_and_is_small(starter: Path) -> None:
    for adapter in shipped(starter):
        assert adapter.path.stat().st_size < MOST_BYTES
        card = adapter.path.with_suffix(".md").read_text(encoding="utf-8")
        assert "## How it was made" in card
        assert "## What it does" in card


@pytest.mark.model
@pytest.mark.parametrize("name", sorted(name for name, _ in PROMISED))
def test_each_changes_what_the_starter_says_and_is_gone_when_it_is_off(
    name: str, starter: Path, engine: ProcessEngine
) -> None:
    adapter = next(a for a in shipped(starter) if a.name == name)
    strength = adapter.range[1]
    plain, steered, after = (
        said(engine, strengths)
        for strengths in ((), (AdapterSpec(adapter.kind, name, str(adapter.path), strength),), ())
    )
    assert steered != plain
    assert after == plain


def said(engine: ProcessEngine, adapters: tuple[AdapterSpec, ...]) -> list[str]:
    texts = []
    for message in MESSAGES:
        *_, last = engine.submit(Job((Message("user", message),), Sampling(max_tokens=32), adapters=adapters))
        assert isinstance(last, Finished)
        texts.append(last.text)
    return texts
