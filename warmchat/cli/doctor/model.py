"""The model: which would run, whether it fits, what was chosen for it and why, and whether it really speaks."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from warmchat.cli.doctor.report import Problem, Section, short, size_text, without_password
from warmchat.domain.conversation import Message
from warmchat.domain.errors import NO_MODEL_HINT, EngineError, ModelError, WarmchatError
from warmchat.domain.profile import Sampling
from warmchat.engine.build import Build
from warmchat.engine.llama.memory import RESERVE, available_memory
from warmchat.engine.llama.plan import Plan, cache_of, plan_context, plan_loading
from warmchat.engine.protocol import Engine, EngineInfo, Finished, Job
from warmchat.gguf.header import GGUFHeader, chat_model
from warmchat.models.adapters import base_name
from warmchat.models.find import find_models, places_of, resolve_model
from warmchat.models.state import read_state
from warmchat.settings import Settings

GREETING = Message("user", "Hello!")
FEW_TOKENS = 4  # enough to know that it computes; a large model takes a second for each
NAMES = {"n_ctx": "window", "kv_type": "keys and values", "flash_attention": "flash attention", "threads": "threads",
         "gpu_layers": "GPU layers", "mmap": "mmap", "lanes": "lanes"}  # fmt: skip
LAST_LINES = 3


@dataclass(slots=True)
class Subject:
    """The model that is looked at, as far as it is known.

    Attributes:
        file: None where there is none, or where a server replaces it.
        plan: what would be chosen, before anything is loaded.
    """

    file: Path | None = None
    header: GGUFHeader | None = None
    plan: Plan | None = None

    @property
    def base(self) -> str:
        """What its adapters are filed under."""
        return base_name(self.header) if self.header is not None else ""


def look_at_judge(section: Section, settings: Settings) -> None:
    """The judge model of the settings, where one is named: whether it is asked."""
    from warmchat.wiring import judge_refusal

    if not settings.judge_model:
        return
    refusal = judge_refusal(settings)
    shown = without_password(settings.judge_model)
    section.add("judge", f"{shown}: {'asked where the signals are unsure' if refusal is None else 'not asked'}",
                judge=shown, judge_asked=refusal is None)  # fmt: skip
    if refusal is not None:
        section.wrong(refusal.message, refusal.hint)


def look_at_model(section: Section, settings: Settings, build: Build | None) -> Subject:
    """The file that would run, and its memory."""
    if settings.remote_url:
        shown = without_password(settings.remote_url.partition("#")[0])
        section.add("server", shown, remote=shown)
        return Subject()
    others = find_models(places_of(settings), notes=False)
    section.add("models", f"{len(others)}; warmchat models list shows them", path=None, found=len(others))
    file = resolve_model(settings, lambda: others)
    if file is None:
        section.add("model", "none")
        section.wrong("There is no model on this machine", NO_MODEL_HINT, stops=True)
        return Subject()
    section.add("file", f"{file.name} ({_why(settings, file)})", path=str(file), why=_why(settings, file))
    section.add("folder", short(file.parent))
    header = chat_model(file)
    params = f"{header.n_params / 1e6:,.0f} million parameters"
    trained = f"{header.context_length:,} tokens" if header.context_length else "not said"
    section.add("what", f"{header.architecture}, {header.quantisation}, {params}")
    section.add("trained for", trained + ("" if header.has_chat_template else "; it has no chat template"))
    section.facts |= {
        "name": header.name, "architecture": header.architecture, "quantisation": header.quantisation,
        "n_params": header.n_params, "n_ctx_train": header.context_length, "chat_template": header.has_chat_template,
        "weights_bytes": header.size_bytes, "identity": header.identity,
    }  # fmt: skip
    return Subject(file, header, _planned(section, settings, header, build))


def _why(settings: Settings, file: Path) -> str:
    if settings.model is not None:
        return "named"
    return "used last" if read_state(settings.history_file).get("model") == str(file) else "the starter"


def _planned(section: Section, settings: Settings, header: GGUFHeader, build: Build | None) -> Plan | None:
    from warmchat.wiring import engine_config

    config, cache, free = engine_config(settings, header), cache_of(header), available_memory()
    section.add("weights", f"{size_text(header.size_bytes)}; {size_text(free)} of memory are free", memory_free=free)
    try:
        loading = plan_loading(
            config, size=header.size_bytes, layers=header.block_count, cache=cache, memory=free,
            cards=build.gpus if build is not None else (),
        )  # fmt: skip
        plan = plan_context(config, loading, cache)
    except EngineError as error:
        section.facts["fits"] = False
        section.problems.append(Problem.of(error, stops=True))
        return None
    text, need = plan.context.bytes, header.size_bytes + 2 * plan.context.bytes + RESERVE
    section.add("texts", f"{size_text(text)} for each voice's {plan.context.n_ctx:,} tokens")
    section.add("together", f"{size_text(need)} with two voices and {size_text(RESERVE)} in reserve: "
                + ("fits" if need <= free else "two voices will be tight"))  # fmt: skip
    section.facts |= {"lane_bytes": text, "reserve_bytes": RESERVE, "needed_bytes": need, "fits": need <= free}
    return plan


def look_at_engine(section: Section, settings: Settings, subject: Subject) -> EngineInfo | None:
    """Load the model in its process and let it say a word: a crash there is told here."""
    section.facts["loaded"] = False
    with tempfile.TemporaryDirectory(prefix="warmchat-doctor-", ignore_cleanup_errors=True) as folder:
        log = Path(folder) / "native.log"
        engine = _opened(settings, subject, log)
        try:
            info = engine.describe()
            section.facts |= {"loaded": True, "load_s": round(info.load_s, 3), "notes": list(info.notes)}
            section.add("loaded", f"{info.model_name} in {info.load_s:.2f} s")
            _speak(section, engine)
            _weigh(section, engine)
        except WarmchatError as error:
            last = _last_words(log)
            section.problems.append(Problem.of(error, stops=True))
            section.facts["last_words"] = last
            for line in last:
                section.add("llama.cpp said", line)
            return None
        finally:
            engine.close()
    for note in info.notes:
        section.add("note", note)
    return info


def _opened(settings: Settings, subject: Subject, log: Path) -> Engine:
    from warmchat.wiring import open_engine

    place = subject.file if subject.file is not None else _server(settings)
    return open_engine(settings, place, native_log=log)


def _server(settings: Settings) -> Path:
    from warmchat.wiring import chosen_model

    place = chosen_model(settings)
    if place is None:
        raise ModelError("There is no model to load", NO_MODEL_HINT)
    return place


def _speak(section: Section, engine: Engine) -> None:
    for event in engine.submit(Job((GREETING,), Sampling(max_tokens=FEW_TOKENS))):
        if isinstance(event, Finished):
            took = event.timings.reply_s
            section.add("spoke", f"{event.usage.reply_tokens} tokens in {took:.2f} s", spoke_s=round(took, 3))


def _weigh(section: Section, engine: Engine) -> None:
    pid = getattr(engine, "pid", None)  # a server's memory is its own affair
    if pid is not None:
        used = psutil.Process(pid).memory_info().rss
        section.add("memory", f"{size_text(used)} in use by its process", process_bytes=used)


def _last_words(log: Path) -> list[str]:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line.strip() for line in lines if line.strip()][-LAST_LINES:]


def look_at_choices(section: Section, info: EngineInfo | None, plan: Plan | None) -> None:
    """Every automatic value with its reason: as it was loaded, else as it would be."""
    chosen: Mapping[str, Any]
    if info is not None:
        chosen = {name: getattr(info, name, info.sequences) for name in NAMES}
        reasons = info.reasons
    elif plan is not None:
        chosen, reasons = {**plan.as_info(), "lanes": plan.lanes}, plan.reasons
    else:
        return
    for name, label in NAMES.items():
        if name in reasons:
            value = chosen[name]
            section.add(label, f"{f'{value:,}' if isinstance(value, int) else value}: {reasons[name]}")
            section.facts[name] = {"value": value, "reason": reasons[name]}
