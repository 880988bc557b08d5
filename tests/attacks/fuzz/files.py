"""Targets that read text files: profiles, imports of other programs, settings, question sets, pairs, state files."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from tests.attacks.fuzz.case import Target, run_cli
from tests.attacks.fuzz.mutate import changed_json, hostile_text, json_text, mutated
from tests.attacks.fuzz.written import PROFILE_KEYS, front_matter, toml_file, yaml_file
from warmchat.settings import Settings
from warmchat.shipped import shipped_folder

WORDS = tuple(
    word.encode() for word in (*PROFILE_KEYS, "---", ": ", "!!", "&a", "*a", "\n", "{", "[", "''", '"', "\ufeff")
)


def _put(folder: Path, name: str, data: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return file


# ---- profiles


def _profile(rng: Random, folder: Path) -> Path:
    shipped = sorted(p for p in shipped_folder("system_prompts").glob("*.md") if p.stem != "README")
    if rng.random() < 0.6:
        return _put(folder, "voices/mine.md", front_matter(rng))
    return _put(folder, "voices/mine.md", mutated(rng, rng.choice(shipped).read_bytes(), WORDS))


def _use_profile(file: Path) -> None:
    there = ("--profile-dir", str(file.parent))
    run_cli(*there, "profiles", "check", str(file))
    code, _, _ = run_cli(*there, "profiles", "show", file.stem)
    run_cli(*there, "profiles", "list")
    run_cli(*there, "profiles", "show", file.stem, "--json")
    if code == 0:
        for form in ("aichat", "agent", "llm", "card"):
            run_cli(*there, "profiles", "export", file.stem, "--to", form)
        _draw_profile(file)


def _draw_profile(file: Path) -> None:
    from warmchat.profiles.parse import read_profile
    from warmchat.ui.pickers.rows import profile_rows
    from warmchat.ui.voice_look import VoiceLook

    profile = read_profile(file).profile
    profile_rows([profile])
    VoiceLook.of(profile)


# ---- profiles of other programs

CARD: dict[str, Any] = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {
        "name": "Ada",
        "description": "{{char}} is kind.",
        "personality": "warm",
        "scenario": "tea",
        "first_mes": "Hi",
        "mes_example": "<START>\n{{user}}: hi",
        "creator_notes": "",
        "system_prompt": "{{original}}",
        "tags": ["a"],
        "alternate_greetings": ["x"],
        "character_book": {"entries": [{"keys": ["a"], "content": "b"}]},
    },
}
AGENT = "---\nname: helper\ndescription: Helps.\ntools: Read, Grep\nmodel: opus\n---\nYou help.\n"
ROLE = (
    "---\ntemperature: 0.3\ntop_p: 0.9\nuse_tools: all\n---\nYou are __INPUT__ here.\n### INPUT:\na\n### OUTPUT:\nb\n"
)
LLM = "name: t\nsystem: You are $kind.\nprompt: 'Say: $input'\noptions: {temperature: 0.5, num_predict: 9}\n"


def _foreign(rng: Random, folder: Path) -> Path:
    deed = rng.randrange(6)
    if deed == 0:
        return _put(folder, "card.json", json_text(changed_json(rng, json.loads(json.dumps(CARD)))))
    if deed == 1:
        return _put(folder, "card.json", mutated(rng, json.dumps(CARD).encode(), WORDS))
    if deed == 2:
        return _put(folder, "role.yaml", yaml_file(rng))
    if deed == 3:
        return _put(folder, rng.choice(("x.agent.md", "role.md", "r.txt")), front_matter(rng))
    if deed == 4:
        name = json.dumps(
            "".join(rng.choice(("{{char}}", "{{CHAR}}", "{{Char}}", "<BOT>", "<Bot>", "x")) for _ in range(7))[:60]
        )
        return _put(
            folder, "card.json", f'{{"name": {name}, "description": "{"{{char}}" * rng.choice((1, 9999, 200_000))}"}}'
        )
    name, text = rng.choice((("a.md", AGENT), ("r.md", ROLE), ("t.yaml", LLM)))
    return _put(folder, name, mutated(rng, text.encode(), WORDS))


def _use_foreign(file: Path) -> None:
    run_cli("profiles", "import", str(file), "--show")
    code, out, _ = run_cli("profiles", "import", str(file), "--id", "imported")
    if code == 0:
        written = Path(out.strip())
        try:
            shown, _, said = run_cli("profiles", "show", "imported", "--json")
            if shown != 0:
                raise AssertionError(f"it imports what it does not read: {said}")
        finally:
            written.unlink()


# ---- settings

NAMES = tuple(Settings.model_fields)


def _toml(rng: Random, folder: Path) -> Path:
    text = toml_file(rng, NAMES).encode("utf-8", "surrogatepass")
    return _put(folder, "here/warmchat.toml", mutated(rng, text) if rng.random() < 0.3 else text)


def _use_settings(file: Path) -> None:
    """Once as the current folder's, once as the user's own."""
    from warmchat.cli.doctor.places import look_at_settings
    from warmchat.cli.doctor.report import Section
    from warmchat.cli.glance import folder_has_a_say, glance, wants_plain
    from warmchat.places import FILE_NAME, config_folder
    from warmchat.settings import load_settings, local_file_needs_trust, settings_alone

    local = Path(FILE_NAME)
    own = config_folder() / FILE_NAME
    own.parent.mkdir(parents=True, exist_ok=True)
    for place in (local, own):
        place.write_bytes(file.read_bytes())
        try:
            folder_has_a_say(), local_file_needs_trust(), wants_plain({}), glance({})
            run_cli("profiles", "list")
            look_at_settings(Section("settings", "Settings"), settings_alone(), None)
            _use_keys(load_settings)
        finally:
            place.unlink()


def _use_keys(load_settings: Any) -> None:
    from warmchat.domain.errors import WarmchatError
    from warmchat.ui import keymap

    try:
        keymap.use(load_settings().keys)
    except WarmchatError:
        return
    finally:
        keymap.use({})


# ---- questions and pairs

FACTS = [
    {
        "id": "geo-1",
        "question": "What is the capital of Australia?",
        "answers": ["Canberra"],
        "wrong": "Sydney",
        "subject": "x",
        "difficulty": 1,
        "source": "y",
    },
    {"question": "How many legs has a spider?", "answers": "8|eight", "wrong": ["six", "ten"]},
]
TRUTHFUL = (
    "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n"
    "A,B,Is it?,No,No; Never,Yes; Always,x\n"
)
TRIVIA = {"Data": [{"Question": "Who?", "QuestionId": "q1", "Answer": {"Value": "Ada", "Aliases": ["A. L."]}}]}
PAIR = {
    "question": "What?",
    "a": "Sydney.",
    "b": "Canberra.",
    "history": [{"role": "user", "content": "x"}],
    "label": 1,
}


def _questions(rng: Random, folder: Path) -> Path:
    deed = rng.randrange(6)
    if deed <= 1:
        lines = [
            json_text(changed_json(rng, json.loads(json.dumps(fact))) if rng.random() < 0.7 else fact) for fact in FACTS
        ]
        return _put(folder, "q.jsonl", "\n".join(lines))
    if deed == 2:
        return _put(folder, "q.json", json_text(changed_json(rng, json.loads(json.dumps(TRIVIA)))))
    if deed == 3:
        return _put(folder, rng.choice(("q.csv", "q.tsv")), mutated(rng, TRUTHFUL.encode(), WORDS))
    if deed == 4:
        row = ",".join('"' + hostile_text(rng).replace('"', '""') + '"' for _ in range(3))
        return _put(folder, "q.csv", f"question,answers,wrong\n{row}\n")
    return _put(folder, "q.jsonl", mutated(rng, "\n".join(map(json.dumps, FACTS)).encode(), WORDS))


def _use_questions(file: Path) -> None:
    from warmchat.evals.conditions import CONDITIONS, compose
    from warmchat.evals.imports import read_questions
    from warmchat.evals.material import material
    from warmchat.evals.shipped_sets import phrases

    found = read_questions(file)
    asked = material(file.stem, found, tuple(CONDITIONS), phrases())
    for question in asked.questions:
        question.judge("I think it is Canberra, or 8.")
        question.judge(question.wrong, claimed=True)
        [compose(question, condition, asked.phrases, 0) for condition in asked.conditions]


def _pairs(rng: Random, folder: Path) -> Path:
    if rng.random() < 0.7:
        return _put(folder, "p.jsonl", json_text(changed_json(rng, json.loads(json.dumps(PAIR)))))
    return _put(folder, "p.jsonl", mutated(rng, json.dumps(PAIR).encode(), WORDS))


def _use_pairs(file: Path) -> None:
    from warmchat.cli.pairs_file import BadLine, read_pairs
    from warmchat.compare.signal_detector import SignalDetector

    for pair in read_pairs(str(file)):
        if isinstance(pair, BadLine):
            raise pair.error
        SignalDetector().detect(pair.question, pair.history, pair.reply, pair.shadow)


# ---- small files of the program's own

STATE: dict[str, Any] = {
    "state.json": {"model": "/m/x.gguf", "history": ["a"]},
    "trusted.json": {"trusted": ["/a"]},
    "judges.json": {"m beside d": {"identity": "m", "passed": True, "pairs": 3}},
    "ollama/manifests/h/library/m/t": {
        "layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:" + "a" * 64}]
    },
}


def _state(rng: Random, folder: Path) -> Path:
    for name, value in STATE.items():
        text = json_text(changed_json(rng, json.loads(json.dumps(value))))
        _put(folder, f"state/{name}", text if rng.random() < 0.7 else mutated(rng, text.encode()))
    return folder / "state"


def _use_state(folder: Path) -> None:
    from warmchat.compare.judging.record import kept_trial
    from warmchat.models.find import Places, find_models, resolve_model
    from warmchat.profiles.trust import trusted_folders

    settings = Settings(data_dir=folder)
    resolve_model(settings)
    trusted_folders(settings.trust_file)
    kept_trial(settings.judges_file, "m", "d")
    find_models(Places(ollama=folder / "ollama"))


# ---- text that people attach or paste, and that models say


def _text(rng: Random, folder: Path) -> Path:
    text = "".join(hostile_text(rng) for _ in range(rng.randrange(1, 8)))
    if rng.random() < 0.3:
        text *= rng.choice((10, 100)) if len(text) < 2000 else 1
    return _put(folder, rng.choice(("a.txt", "b.md", "c.]x", "d")), text[:400_000])


def _use_text(file: Path) -> None:
    from warmchat.domain.danger import signals_danger
    from warmchat.domain.stakes import high_stakes
    from warmchat.domain.title import title_of
    from warmchat.storage.exports.markdown import quoted
    from warmchat.storage.search import fts_query
    from warmchat.ui.attach import expanded, file_enclosure, paste_enclosure
    from warmchat.voices.bare import bare

    text = file.read_bytes().decode("utf-8", "surrogatepass")
    paste = paste_enclosure(text, 1)
    expanded(paste.mark + text, {paste.mark: paste})
    for reads in (title_of, signals_danger, high_stakes, quoted, fts_query):
        reads(text)
    bare(text[:4000])
    file_enclosure(file, 1)


TARGETS = (
    Target("profile", _profile, _use_profile),
    Target("profile import", _foreign, _use_foreign),
    Target("settings", _toml, _use_settings, batch=60),
    Target("questions", _questions, _use_questions),
    Target("pairs", _pairs, _use_pairs),
    Target("state files", _state, _use_state),
    Target("text", _text, _use_text),
)
