"""Sinks that are commands: what they print on a terminal of a hostile log, profile, model or argument."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tests.attacks.sinks.case import Sink, hostile_log, run_on_terminal
from tests.engine.adapter_files import control_vector
from tests.evals.examples import example_replies, example_run
from tests.gguf.gguf_files import CHAT, write_gguf
from warmchat.storage.evals.store import EvalStore
from warmchat.storage.rows import storable_text

LOG_COMMANDS = (
    ("sessions",),
    ("sessions", "--json"),
    ("show", "s1", "--all"),
    ("show", "s1", "--json"),
    ("flags",),
    ("flags", "--json"),
    ("search", "a"),
    ("search", "a", "--json"),
    ("export", "--all", "--format", "md"),
    ("export", "--all", "--format", "html"),
    ("export", "--all", "--format", "csv"),
    ("export", "--all", "--format", "jsonl"),
    ("delete", "s2", "--yes"),
)
ARGUMENTS = (
    ("log", "export", "--all", "--format", "md", "-o", "{}"),
    ("log", "export", "{}", "--format", "md"),
    ("log", "export", "--all", "--format", "md", "--model", "{}"),
    ("log", "export", "--all", "--format", "{}"),
    ("log", "flags", "--profile", "{}"),
    ("log", "show", "{}"),
    ("log", "search", "--", "{}"),
    ("log", "import", "{}"),
    ("log", "{}"),
    ("profiles", "check", "{}"),
    ("profiles", "show", "{}"),
    ("profiles", "import", "{}"),
    ("profiles", "export", "oracle", "--to", "{}"),
    ("models", "info", "{}"),
    ("models", "check", "{}"),
    ("adapters", "info", "{}"),
    ("compare", "{}"),
    ("compare", "--judge", "{}", "x.jsonl"),
    ("eval", "report", "{}"),
    ("replay", "{}"),
    ("{}",),
    ("--{}",),
    ("--kv-type", "{}", "log", "sessions"),
    ("--profile-dir", "{}", "profiles", "list"),
    ("--data-dir", "{}", "log", "sessions"),
    ("--model", "{}", "ask", "hi"),
    ("--remote", "{}", "ask", "hi"),
    ("-p", "{}", "ask", "hi"),
    ("profiles", "new", "{}"),  # last: with it there is such a profile
)


def log_commands(text: str, folder: Path) -> None:
    """Everything that reads a log."""
    hostile_log(folder, text)
    for command in LOG_COMMANDS:
        run_on_terminal("--data-dir", str(folder), "log", *command)


def profiles(text: str, folder: Path) -> None:
    """A profile file of which every text is hostile, as its writer can spell it, and the same to be imported."""
    voices = folder / "voices"
    voices.mkdir(parents=True)
    spelled = json.dumps(text)  # YAML reads JSON's strings
    front = f"---\nname: {spelled}\ndescription: {spelled}\naccent: {spelled}\n{spelled}: {spelled}\n---\n"
    (voices / "mine.md").write_bytes((front + text).encode("utf-8", "replace"))
    (voices / "bad.md").write_bytes(f"---\nname: {text}\n---\n{text}".encode("utf-8", "replace"))
    card = folder / "card.json"
    card.write_text(json.dumps({"name": text, "description": text, text[:40]: text}))
    agent = folder / "agent.md"
    front = f"---\nname: {spelled}\ndescription: {spelled}\ntools: {spelled}\n---\n"
    agent.write_bytes((front + text).encode("utf-8", "replace"))
    there = ("--profile-dir", str(voices), "profiles")
    for command in ("list", "list --json", "check", "show mine", "show mine --json", "show bad"):
        run_on_terminal(*there, *command.split())
    for file in voices.iterdir():
        run_on_terminal("profiles", "check", str(file))
    for file in (card, agent):
        run_on_terminal("profiles", "import", str(file), "--show")
        run_on_terminal("profiles", "import", str(file))
    for form in ("aichat", "agent", "llm", "card"):
        run_on_terminal(*there, "export", "mine", "--to", form)


def models_and_adapters(text: str, folder: Path) -> None:
    """A model and an adapter whose own words are hostile, and whose names are as hostile as a file system lets them."""
    text = text.encode("utf-8", "replace").decode()  # as the file can hold it
    pairs = {**CHAT, "general.name": text, "general.basename": text, "general.author": text, "general.license": text,
             "tokenizer.chat_template": text}  # fmt: skip
    model = write_gguf(folder / named(text), pairs)
    vector = folder / "vector.gguf"
    control_vector(vector, width=64, layers=range(1, 2), hint=text)
    there = ("--data-dir", str(folder))
    for file in (model, vector):
        for command in ("models info", "models info --json", "models check", "adapters info", "adapters info --json"):
            run_on_terminal(*there, *command.split(), str(file))


def measurements(text: str, folder: Path) -> None:
    """A measurement whose every text is hostile, on a terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    said, names = storable_text(text), ("oracle", "companion")
    run = example_run(names)
    voices = [replace(v, label=f"{said[:60]}{v.label}", profile=said, system_prompt=said) for v in run.voices]
    run = replace(run, model_name=said, set_name=said, versions={said: said}, quantisation=said)
    run = replace(run, baseline=voices[0].label, voices=tuple(voices))
    with EvalStore.open(folder / "evals.db") as store:
        store.begin(run)
        for reply in example_replies(names)[:40]:
            store.save(run.id, replace(reply, voice=f"{said[:60]}{reply.voice}"))
    for command in ("list", "list --json", "report", "report --json"):
        run_on_terminal("--data-dir", str(folder), "eval", *command.split())


def looked_at(text: str, folder: Path) -> None:
    """What `compare` finds in two hostile replies, and what `doctor` sees in hostile files."""
    hostile_log(folder, text)
    pairs = folder / "pairs.jsonl"
    answers = (text, f"No. {text}"), (f"Yes, 5 {text}", f"No, 6 {text}")
    pairs.write_text("".join(json.dumps({"question": text or "?", "a": a, "b": b}) + "\n" for a, b in answers))
    model = write_gguf(folder / named(text), {**CHAT, "general.name": text.encode("utf-8", "replace").decode()})
    there = ("--data-dir", str(folder), "--model", str(model))
    for command in ("compare", "compare --json"):
        run_on_terminal(*there, *command.split(), str(pairs))
    for command in ("doctor --no-load", "doctor --no-load --json"):
        run_on_terminal(*there, *command.split())


def named(text: str) -> str:
    """A file name that is as much of the text as one can be."""
    safe = text.encode("utf-8", "replace").decode().replace("/", "∕").replace("\x00", "")
    return safe.encode()[:200].decode("utf-8", "ignore") + ".gguf"


def arguments(text: str, folder: Path) -> None:
    """The text as an argument of every command."""
    try:
        given = text.replace("\x00", "").encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return  # no program can be given half of a character
    hostile_log(folder / "data", "Is it fine?")
    for command in ARGUMENTS:
        words = [word.replace("{}", given) for word in command]
        here = () if "--data-dir" in words else ("--data-dir", str(folder / "data"))
        run_on_terminal(*here, *words)


SINKS = (
    Sink("log commands", log_commands),
    Sink("profile commands", profiles),
    Sink("model and adapter commands", models_and_adapters),
    Sink("measurements", measurements),
    Sink("compare and doctor", looked_at),
    Sink("arguments", arguments),
)
