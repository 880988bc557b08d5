from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.gguf.gguf_files import CHAT, write_gguf
from warmchat.domain.errors import ModelError
from warmchat.models import find, ollama
from warmchat.models.find import FoundModel, Places, find_models, model_named, places_of, resolve_model
from warmchat.models.state import read_state, remember_model
from warmchat.settings import Settings

DIGEST = "ab" * 32
WEIGHTS = "application/vnd.ollama.image.model"


def names(places: Places) -> list[tuple[str, str]]:
    return [(model.name, model.source) for model in find_models(places)]


def test_each_place_by_its_layout(tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    blob = write_gguf(hub / "models--a--b" / "blobs" / "0123")
    link = hub / "models--a--b" / "snapshots" / "rev" / "quants" / "b-Q4.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)
    write_gguf(hub / "datasets--a--b" / "snapshots" / "rev" / "no.gguf")
    places = Places(
        models_dir=write_gguf(tmp_path / "pulled" / "OWNER" / "REPO" / "p.gguf").parents[2],
        here=write_gguf(tmp_path / "here" / "h.GGUF").parent,
        starter=write_gguf(tmp_path / "package" / "s.gguf"),
        hf_cache=hub,
        lm_studio=(write_gguf(tmp_path / "lm" / "publisher" / "repo" / "l.gguf").parents[2], tmp_path / "none"),
        ollama=tmp_path / "none",
    )
    write_gguf(tmp_path / "here" / "below" / "not_here.gguf")
    models = find_models(places)
    assert [(model.name, model.source) for model in models] == [
        ("p", "pulled"),
        ("h", "current folder"),
        ("s", "starter"),
        ("b-Q4", "Hugging Face"),
        ("l", "LM Studio"),
    ]
    assert all(model.note == "" for model in models)
    assert models[3].path == link
    assert models[3].size_bytes == blob.stat().st_size


def ollama_model(root: Path, name: str, layers: object, *, namespace: str = "library", tag: str = "latest") -> None:
    manifest = root / "manifests" / "registry.example" / namespace / name / tag
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(layers if isinstance(layers, str) else json.dumps({"layers": layers}), encoding="utf-8")


def test_ollama_names_come_from_its_manifests(tmp_path: Path) -> None:
    layer = {"mediaType": WEIGHTS, "digest": f"sha256:{DIGEST}", "size": 1}
    template = {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:" + "cd" * 32}
    write_gguf(tmp_path / "blobs" / f"sha256-{DIGEST}")
    write_gguf(tmp_path / "blobs" / f"sha256:{'ef' * 32}")
    (tmp_path / "blobs" / f"sha256-{'99' * 32}").write_bytes(b"safetensors, perhaps")
    ollama_model(tmp_path, "tiny", [template, layer], tag="1b")
    ollama_model(tmp_path, "old", [{**layer, "digest": f"sha256:{'ef' * 32}"}], namespace="me")
    ollama_model(tmp_path, "nogguf", [{**layer, "digest": f"sha256:{'99' * 32}"}])
    ollama_model(tmp_path, "gone", [{**layer, "digest": f"sha256:{'77' * 32}"}])
    for index, bad in enumerate(["", "[", "[1]", '{"layers": 3}', '{"layers": [1]}', '{"layers": [{"mediaType": 1}]}']):
        ollama_model(tmp_path, f"bad{index}", bad)
    ollama_model(tmp_path, "path", [{**layer, "digest": "sha256:../../../etc/passwd"}])
    assert names(Places(ollama=tmp_path)) == [("tiny:1b", "Ollama"), ("me/old:latest", "Ollama")]


def test_a_file_is_listed_once_however_often_it_is_linked(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "models" / "a.gguf")
    (tmp_path / "models" / "z.gguf").symlink_to(file)
    os.link(file, tmp_path / "models" / "hard.gguf")
    places = Places(models_dir=tmp_path / "models", here=tmp_path / "models")
    assert names(places) == [("a", "pulled")]


def test_links_that_lead_back_or_nowhere(tmp_path: Path) -> None:
    write_gguf(tmp_path / "a" / "m.gguf")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
    (tmp_path / "a" / "dead.gguf").symlink_to(tmp_path / "missing")
    (tmp_path / "folder.gguf").mkdir()
    assert names(Places(lm_studio=(tmp_path,))) == [("m", "LM Studio")]


def test_each_folder_is_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for index in range(6):
        (tmp_path / f"back{index}").symlink_to(tmp_path, target_is_directory=True)
    opened: list[Path] = []

    def noted(folder: Path, most: int) -> list[Path]:
        opened.append(folder)
        return ollama.children(folder, most)

    monkeypatch.setattr(find, "children", noted)
    find_models(Places(lm_studio=(tmp_path,)))
    assert opened == [tmp_path]


def test_the_search_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_gguf(tmp_path / "1" / "2" / "3" / "4" / "5" / "deep.gguf")
    assert names(Places(models_dir=tmp_path)) == []
    for index in range(40):
        write_gguf(tmp_path / "many" / f"{index:02}.gguf")
    monkeypatch.setattr(find, "MAX_MODELS", 7)
    assert len(find_models(Places(models_dir=tmp_path))) == 7
    monkeypatch.setattr(find, "MAX_ENTRIES", 5)
    assert len(find_models(Places(models_dir=tmp_path / "many"))) == 5


def test_files_that_cannot_chat_say_why(tmp_path: Path) -> None:
    write_gguf(tmp_path / "adapter.gguf", {"general.architecture": "llama", "general.type": "adapter"})
    (tmp_path / "broken.gguf").write_bytes(b"<html>")
    notes = {model.name: model.note for model in find_models(Places(models_dir=tmp_path))}
    assert notes == {
        "adapter": "adapter: cannot chat",
        "broken": "broken.gguf is not a GGUF file: it looks like a web page, perhaps one that asks to log in",
    }
    assert {model.note for model in find_models(Places(models_dir=tmp_path), notes=False)} == {""}


def test_places_follow_the_programs_own_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "OLLAMA_MODELS", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path / "data")
    places = places_of(settings)
    assert places.models_dir == tmp_path / "data" / "models"
    assert places.here == tmp_path
    assert places.hf_cache == tmp_path / ".cache" / "huggingface" / "hub"
    assert places.ollama == tmp_path / ".ollama" / "models"
    assert places.lm_studio == (tmp_path / ".lmstudio" / "models", tmp_path / ".cache" / "lm-studio" / "models")
    monkeypatch.setenv("HF_HOME", "~/hf")
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ol"))
    assert places_of(settings).hf_cache == tmp_path / "hf" / "hub"
    assert places_of(settings).ollama == tmp_path / "ol"
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    assert places_of(settings).hf_cache == tmp_path / "cache"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(find, "starter_model", lambda: None)
    return Settings(data_dir=tmp_path / "data")


def test_the_model_named_by_its_path(settings: Settings, tmp_path: Path) -> None:
    write_gguf(tmp_path / "a.gguf")
    given = settings.model_copy(update={"model": Path("a.gguf")})
    assert resolve_model(given, lambda: pytest.fail("searched")) == tmp_path / "a.gguf"


def test_the_model_named_by_its_name(settings: Settings, tmp_path: Path) -> None:
    one = FoundModel(tmp_path / "one.gguf", "SmolLM2-135M.Q4_1", 1, "starter")
    two = FoundModel(tmp_path / "blob", "llama3.2:3b", 1, "Ollama")

    def named(name: str) -> Path | None:
        return resolve_model(settings.model_copy(update={"model": Path(name)}), lambda: [one, two])

    assert named("smollm2-135m.q4_1") == named("SmolLM2-135M.Q4_1.gguf") == named("starter") == one.path
    assert named("llama3.2:3b") == two.path


def test_a_name_that_nothing_has(settings: Settings, tmp_path: Path) -> None:
    models = [FoundModel(tmp_path / "a", "tiny-chat", 1, "pulled")]
    with pytest.raises(ModelError, match="no model called 'tiny-chta'") as raised:
        model_named("tiny-chta", models)
    assert raised.value.hint.startswith("did you mean tiny-chat?")
    with pytest.raises(ModelError, match="not on this machine") as raised:
        model_named("hf:owner/repo", models)
    assert raised.value.hint == "warmchat models pull hf:owner/repo"
    with pytest.raises(ModelError) as raised:
        model_named("/nowhere/\x1b[31mx.gguf", [])
    assert str(raised.value).isprintable()
    with pytest.raises(ModelError, match="Several models") as raised:
        model_named("tiny-chat", [*models, FoundModel(tmp_path / "b", "Tiny-Chat", 1, "LM Studio")])
    assert str(tmp_path / "b") in raised.value.hint


def test_without_a_name_the_last_one_then_the_starter_then_none(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resolve_model(settings) is None
    starter = write_gguf(tmp_path / "starter.gguf")
    monkeypatch.setattr(find, "starter_model", lambda: starter)
    assert resolve_model(settings) == starter
    last = write_gguf(tmp_path / "last.gguf")
    assert remember_model(settings, Path("last.gguf"))
    assert resolve_model(settings) == last
    last.unlink()
    assert resolve_model(settings) == starter


def test_remembering_carries_other_facts_over_and_survives_damage(settings: Settings, tmp_path: Path) -> None:
    settings.data_dir.mkdir()
    settings.history_file.write_text('{"prompts": ["hi"], "model": 3}', encoding="utf-8")
    assert resolve_model(settings) is None
    assert remember_model(settings, tmp_path / "m.gguf")
    assert read_state(settings.history_file) == {"prompts": ["hi"], "model": str(tmp_path / "m.gguf")}
    assert [file.name for file in settings.data_dir.iterdir()] == ["state.json"]
    for damage in ("", "[]", "{", "[" * 100_000, '{"model": "a\\u0000b"}'):
        settings.history_file.write_text(damage, encoding="utf-8")
        assert resolve_model(settings) is None
        assert remember_model(settings, tmp_path / "m.gguf")


def test_a_data_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not remember_model(Settings(data_dir=tmp_path / "file"), tmp_path / "m.gguf")


def test_a_big_folder_costs_little(tmp_path: Path) -> None:
    for index in range(3000):
        (tmp_path / f"{index}.txt").touch()
    write_gguf(tmp_path / "m.gguf", CHAT)
    began = time.perf_counter()
    assert names(Places(here=tmp_path)) == [("m", "current folder")]
    assert time.perf_counter() - began < 2
