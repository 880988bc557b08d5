"""GGUF files that are already on the disk, and which of them to run.

Other programs keep models too: each place is searched by the layout that its program uses. Nothing is written, links
are followed without being caught in loops, and the search is bounded: a place with a million files costs little.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from warmchat.domain.errors import ModelError, NoModel
from warmchat.domain.text import one_line
from warmchat.gguf.header import read_header
from warmchat.models.ollama import MAX_ENTRIES, children, ollama_models
from warmchat.models.state import read_state
from warmchat.settings import Settings
from warmchat.shipped import starter_model

MAX_MODELS = 500
STARTER = "starter"


@dataclass(frozen=True)
class Places:
    """Where to look. None: that place is left out.

    Attributes:
        models_dir: the program's own folder of pulled models.
        here: the current folder; its own files alone.
        starter: the starter model's file.
        hf_cache: the folder that holds ``models--*`` of the Hugging Face cache.
        lm_studio: LM Studio's folders.
        ollama: the folder that holds ``manifests`` and ``blobs``.
    """

    models_dir: Path | None = None
    here: Path | None = None
    starter: Path | None = None
    hf_cache: Path | None = None
    lm_studio: tuple[Path, ...] = ()
    ollama: Path | None = None


@dataclass(frozen=True)
class FoundModel:
    """A GGUF on the disk.

    Attributes:
        name: what `--model` takes instead of the path.
        source: `pulled`, `current folder`, `starter`, `Hugging Face`, `LM Studio` or `Ollama`.
        note: why it cannot chat; empty for one that can.
    """

    path: Path
    name: str
    size_bytes: int
    source: str
    note: str = ""


def places_of(settings: Settings) -> Places:
    """The places of this machine, as the environment and the programs' own defaults say."""
    home = Path.home()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    hf_home = _folder("HF_HOME", cache / "huggingface")
    return Places(
        models_dir=settings.models_dir,
        here=Path.cwd(),
        starter=starter_model(),
        hf_cache=_folder("HF_HUB_CACHE", _folder("HUGGINGFACE_HUB_CACHE", hf_home / "hub")),
        lm_studio=(home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models"),
        ollama=_folder("OLLAMA_MODELS", home / ".ollama" / "models"),
    )


def find_models(places: Places, *, notes: bool = True) -> list[FoundModel]:
    """Every GGUF in these places, each file once; those that cannot chat say so in their note.

    Order: the place searched first, then by path. Files that cannot be read are listed with the reason. Without `notes`
    no file is opened: a header takes 0.03 s and more.
    """
    seen: set[tuple[int, int]] = set()
    found: list[FoundModel] = []
    for model in _candidates(places):
        try:
            status = model.path.stat()
        except OSError:
            continue
        key = (status.st_dev, status.st_ino)
        if key in seen or not stat.S_ISREG(status.st_mode):
            continue
        seen.add(key)
        found.append(replace(model, size_bytes=status.st_size, note=_note(model.path) if notes else ""))
        if len(found) == MAX_MODELS:
            break
    return found


def resolve_model(settings: Settings, found: Callable[[], list[FoundModel]] | None = None) -> Path | None:
    """The model to run: the one that the settings name, else the one used last, else the starter, else None.

    `settings.model` is a path, or where no such file exists a name from `find_models` (`found` replaces that search).

    Raises:
        ModelError: the settings name neither a file nor a model that was found, or several of one name.
    """
    if settings.model is not None:
        if os.path.lexists(settings.model):
            return settings.model.absolute()
        models = find_models(places_of(settings), notes=False) if found is None else found()
        return model_named(str(settings.model), models).path
    last = read_state(settings.history_file).get("model")
    if isinstance(last, str) and os.path.isfile(last):  # noqa: PTH113  no error for names that no disk could hold
        return Path(last)
    return starter_model()


def model_of(identity: str, settings: Settings, name: str = "") -> Path:
    """The file of the model with this identity (`GGUFHeader.identity`), wherever it lies now.

    Args:
        name: what it was called; files of that name are looked at first.

    Raises:
        NoModel: it is in none of the places that are searched.
    """
    likely = resolve_model(settings.model_copy(update={"model": None}))
    paths = [model.path for model in find_models(places_of(settings), notes=False)]
    paths.sort(key=lambda path: path.stem != name)  # a header takes time to read
    for path in [likely, *paths] if likely is not None else paths:
        with contextlib.suppress(ModelError):
            if read_header(path).identity == identity:
                return path
    raise NoModel(
        f"The model that made this reply is not on this machine: {one_line(name) or 'unnamed'} ({identity})",
        "bring its file back into a folder that `warmchat models list` searches; or --model FILE makes the reply with"
        " another one and says what that changes",
    )


def model_named(name: str, models: Iterable[FoundModel]) -> FoundModel:
    """The model of this name; capitals and a trailing ``.gguf`` do not matter, and `starter` names the starter.

    Raises:
        ModelError: none, or several, are called so; the hint says what there is.
    """
    models = list(models)
    wanted = _plain(name)
    matches = [model for model in models if wanted == _plain(model.name)]
    if not matches and wanted == STARTER:
        matches = [model for model in models if model.source == STARTER]
    if len(matches) == 1:
        return matches[0]
    if matches:
        paths = ", ".join(one_line(str(model.path)) for model in matches)
        raise ModelError(f"Several models are called {one_line(name)!r}", f"give a path: {paths}")
    if wanted.startswith("hf:"):
        raise ModelError(f"{one_line(name)} is not on this machine", f"warmchat models pull {one_line(name)}")
    near = get_close_matches(wanted, [_plain(model.name) for model in models], n=1)
    meant = next((model.name for model in models if near and _plain(model.name) == near[0]), None)
    hint = "warmchat models list shows what is on this machine; warmchat models pull fetches one"
    raise ModelError(
        f"There is no model file and no model called {one_line(name)!r}",
        f"did you mean {one_line(meant)}? {hint}" if meant else hint,
    )


def _candidates(places: Places) -> Iterator[FoundModel]:
    folders = [(places.models_dir, 4, "pulled"), (places.here, 1, "current folder")]
    if places.starter is not None:
        folders.append((places.starter.parent, 1, STARTER))
    if places.hf_cache is not None:
        snapshots = [repo / "snapshots" for repo in children(places.hf_cache) if repo.name.startswith("models--")]
        folders += [(folder, 4, "Hugging Face") for folder in snapshots]
    folders += [(folder, 5, "LM Studio") for folder in places.lm_studio]
    for folder, depth, source in folders:
        if folder is not None:
            yield from (FoundModel(path, path.stem, 0, source) for path in _ggufs(folder, depth))
    if places.ollama is not None:
        yield from (FoundModel(path, name, 0, "Ollama") for name, path in ollama_models(places.ollama))


def _ggufs(root: Path, depth: int) -> list[Path]:
    """The .gguf files in `root` and the folders below it, `depth` levels in all, sorted."""
    left = MAX_ENTRIES
    seen: set[tuple[int, int]] = set()
    level, out = [root], []
    for _ in range(depth):
        below: list[Path] = []
        for folder in level:
            try:
                status = folder.stat()
            except OSError:
                continue
            if (status.st_dev, status.st_ino) in seen:  # a link that leads back
                continue
            seen.add((status.st_dev, status.st_ino))
            for entry in children(folder, left):
                left -= 1
                if entry.suffix.lower() == ".gguf":
                    out.append(entry)
                elif os.path.isdir(entry):  # noqa: PTH112  Path.is_dir raises where a folder may not be entered
                    below.append(entry)
        level = below
    return sorted(out)


def _note(path: Path) -> str:
    try:
        header = read_header(path)
    except ModelError as error:
        return error.message
    return "" if header.kind == "chat" else f"{header.kind}: cannot chat"


def _folder(variable: str, default: Path) -> Path:
    given = os.environ.get(variable)
    return Path(os.path.expandvars(given)).expanduser() if given else default


def _plain(name: str) -> str:
    return name.lower().removesuffix(".gguf")
