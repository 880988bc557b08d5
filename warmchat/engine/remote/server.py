"""What a server says of itself: its kind, its model, its window. Asked once; each kind says it somewhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

from warmchat.domain.errors import EngineError
from warmchat.domain.text import one_line
from warmchat.engine.protocol import Capabilities, EngineInfo
from warmchat.engine.remote.client import Client
from warmchat.engine.remote.config import Address, RemoteConfig
from warmchat.engine.remote.counting import counts
from warmchat.engine.remote.kinds import KINDS, UNKNOWN, Kind
from warmchat.engine.remote.values import object_of, text_of, whole

SAFE_N_CTX = 4096  # where nobody says: what Ollama takes, and less than what is sold as a service
EXTRA_S = 5.0  # for what one can do without
_WINDOW_NAMES = ("max_model_len", "n_ctx", "context_length", "context_window", "max_context_length")


@dataclass(frozen=True, slots=True)
class Server:
    """One server with one model, as it described itself.

    Attributes:
        model: the name that requests carry.
        told_n_ctx: `n_ctx` is known, not assumed.
        exact: it counts tokens for us.
    """

    kind: Kind
    model: str
    n_ctx: int
    told_n_ctx: bool
    exact: bool
    info: EngineInfo


@dataclass(slots=True)
class _Found:
    """What has been learnt so far."""

    kind: Kind = UNKNOWN
    model: str = ""
    entry: dict[str, Any] = field(default_factory=dict)
    n_ctx: int = 0
    slots: int = 0
    build: str = ""
    notes: list[str] = field(default_factory=list)


async def ask_server(client: Client, config: RemoteConfig, address: Address) -> Server:
    """Ask what is there. Raises `EngineError` where the server cannot be asked or answers nonsense."""
    found = _model_in(await client.ask("/models"), config, client)
    await _ask_its_kind(found, client, address)
    n_ctx, told = _window(found, config)
    exact = await counts(found.kind, found.model, client, address)
    if not exact:
        found.notes.append("This server counts no tokens: how full the window is, is an estimate")
    parallel = _parallel(found, config)
    return Server(found.kind, found.model, n_ctx, told, exact, _info(found, address, n_ctx, parallel))


def _model_in(answer: Any, config: RemoteConfig, client: Client) -> _Found:
    listed = object_of(answer).get("data")
    if not isinstance(listed, list):
        raise client.blame.nonsense("something that is no list of models")
    entries = [e for e in listed if isinstance(e, dict) and isinstance(e.get("id"), str) and e["id"]]
    found = _Found(model=config.model)
    if config.model:
        names = (config.model, f"{config.model}:latest")  # Ollama lists the full name and takes the short one
        found.entry = next((e for e in entries if e["id"] in names), {})
        if entries and not found.entry:
            known = ", ".join(short_name(e["id"]) for e in entries[:5])
            found.notes.append(f"The server lists no model called {one_line(config.model, 60)}; it lists {known}")
    elif entries:
        found.entry, found.model = entries[0], entries[0]["id"]
        if len(entries) > 1:
            name = short_name(found.model)
            found.notes.append(f"The server offers {len(entries)} models; {name} is the first of them")
    else:
        raise EngineError("The server offers no model", "load one there, or name one with the remote model setting")
    owner = (found.entry or (entries[0] if entries else {})).get("owned_by")
    found.kind = next((kind for kind in KINDS if kind.owner == owner), UNKNOWN)
    return found


async def _ask_its_kind(found: _Found, client: Client, address: Address) -> None:
    """Fill in what this kind of server says elsewhere. What it does not say is no error: it is assumed later."""
    for place in (found.entry, object_of(found.entry.get("meta"))):
        found.n_ctx = found.n_ctx or next((n for name in _WINDOW_NAMES if (n := whole(place.get(name)))), 0)
    match found.kind.name:
        case "llama.cpp":
            props = await _maybe(client, f"{address.root}/props")
            settings = object_of(props.get("default_generation_settings"))
            found.n_ctx = whole(settings.get("n_ctx")) or found.n_ctx
            found.slots, found.build = whole(props.get("total_slots")), _line(props.get("build_info"))
        case "Ollama":
            found.build = _line((await _maybe(client, f"{address.root}/api/version")).get("version"))
            running = (await _maybe(client, f"{address.root}/api/ps")).get("models")
            for entry in running if isinstance(running, list) else ():
                if isinstance(entry, dict) and entry.get("name") in (found.model, f"{found.model}:latest"):
                    found.n_ctx = whole(entry.get("context_length")) or found.n_ctx
            found.notes.append("Ollama drops the beginning of a text that is larger than its context, without a word")
        case "llama_cpp.server":
            said = object_of((await _maybe(client, f"{address.root}/openapi.json")).get("info"))
            found.build = _line(said.get("version"))
            found.slots = 1
            found.notes.append(
                "This server makes one reply at a time, and cuts it short for any other request unless it was started "
                "with --interrupt_requests false"
            )
        case "vLLM":
            found.build = _line((await _maybe(client, f"{address.root}/version")).get("version"))


def _window(found: _Found, config: RemoteConfig) -> tuple[int, bool]:
    """Tokens of the window, and whether somebody said so."""
    if config.n_ctx:
        if found.n_ctx and found.n_ctx < config.n_ctx:
            found.notes.append(f"The server's window holds {found.n_ctx:,} tokens, not {config.n_ctx:,} as set")
            return found.n_ctx, True
        return config.n_ctx, True
    if found.n_ctx:
        return found.n_ctx, True
    assumed = found.kind.usual_n_ctx or SAFE_N_CTX
    found.notes.append(f"The server does not say how large its window is: {assumed:,} tokens are assumed (set n_ctx)")
    return assumed, False


def _parallel(found: _Found, config: RemoteConfig) -> int:
    if found.slots and found.slots < config.parallel:
        found.notes.append(f"The server makes {found.slots} at a time, not {config.parallel} as set")
        return found.slots
    return max(1, config.parallel)


def _info(found: _Found, address: Address, n_ctx: int, parallel: int) -> EngineInfo:
    facts = object_of(found.entry.get("meta"))
    size, n_params = whole(facts.get("size")), whole(facts.get("n_params"))
    identity = hashlib.sha256(f"{address.base}\n{found.model}\n{size}\n{n_params}".encode()).hexdigest()
    server = " ".join(part for part in (found.kind.name, found.build) if part)
    return EngineInfo(
        model=f"remote:{identity[:16]}",
        model_name=short_name(found.model),
        path=address.base,
        architecture="",
        quantisation="",
        n_params=n_params,
        size_bytes=size,
        n_ctx=n_ctx,
        n_ctx_train=whole(facts.get("n_ctx_train")),
        template="the server's",
        threads=0,
        kv_type="",
        versions={"openai": version("openai"), **({"server": server} if server else {})},
        sequences=parallel,
        load_s=0.0,
        notes=(*address.notes, *found.notes),
        capabilities=Capabilities(parallel=parallel),
    )


async def _maybe(client: Client, path: str) -> dict[str, Any]:
    """What the server says there, or nothing."""
    try:
        return object_of(await client.ask(path, seconds=EXTRA_S))
    except EngineError:
        return {}


def short_name(model: str) -> str:
    """The model's name for people: some servers give the path of a file on their disk."""
    name = model.replace("\\", "/").rsplit("/", 1)[-1] if model.lower().endswith(".gguf") else model
    return one_line(name, 80)


def _line(value: object) -> str:
    return one_line(text_of(value), 60)


def with_load_time(server: Server, seconds: float) -> Server:
    """The server with the time that asking it took."""
    return replace(server, info=replace(server.info, load_s=seconds))
