"""How a model is to be loaded: what the settings leave to us is chosen here, each choice with its reason in words.

Pure but for looking at the file's place: the engine asks before it loads, `doctor` asks without loading.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from warmchat.domain.errors import NotEnoughMemory
from warmchat.engine.build import Gpu
from warmchat.engine.config import EngineConfig
from warmchat.engine.llama.memory import (
    ASKED,
    AUTOMATIC_CONTEXT,
    GB,
    RESERVE,
    Cache,
    ContextChoice,
    Pool,
    Way,
    available_memory,
    check_settings,
    check_weights,
    choose_context,
)
from warmchat.engine.llama.threads import usable_threads

if TYPE_CHECKING:
    from warmchat.gguf.header import GGUFHeader

GPU_RESERVE = 512 << 20  # bytes left for compute buffers there; they grow with the vocabulary
# File systems that a network or another operating system stands behind.
_FAR = ("nfs", "cifs", "smb", "9p", "drvfs", "afs", "ceph", "gluster", "davfs", "fuse.sshfs", "fuse.rclone", "ncp")


@dataclass(frozen=True, slots=True)
class Loading:
    """What is decided before the weights are loaded.

    Attributes:
        gpu_layers: layers on a GPU, the output counted as one; 0 for none.
        mmap: `on`, `off`, or `auto` where llama.cpp decides.
        pools: what is left for keys and values, by sort of memory.
    """

    gpu_layers: int
    mmap: str
    on_gpu: bool
    pools: tuple[Pool, ...]
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided, and why.

    Attributes:
        here: bytes that one lane takes of the machine's own memory; the rest is a GPU's.
    """

    context: ContextChoice
    here: int
    threads: int
    gpu_layers: int
    mmap: str
    lanes: int
    reasons: dict[str, str]

    def tokens_in(self, free: int) -> int:
        """Tokens whose keys and values fit into so many bytes of the machine's memory; a GPU's part is not counted."""
        return int(max(0, free) * self.context.n_ctx / self.here) if self.here else sys.maxsize

    def as_info(self) -> dict[str, Any]:
        """Its part of an `EngineInfo`."""
        return {
            "n_ctx": self.context.n_ctx,
            "kv_type": self.context.way.kv_type,
            "flash_attention": self.context.way.flash_attention,
            "threads": self.threads,
            "gpu_layers": self.gpu_layers,
            "mmap": self.mmap,
            "sequences": self.lanes,
            "lane_bytes": self.context.bytes,
            "reasons": self.reasons,
        }


def loading_of(config: EngineConfig, cards: Sequence[Gpu]) -> Loading:
    """`plan_loading` for this machine as it is now; the file's header is read only where there is a GPU to fill."""
    path, layers, cache = Path(config.path), 0, None
    if cards:
        from warmchat.gguf.header import read_header

        header = read_header(path)
        layers, cache = header.block_count, cache_of(header)
    return plan_loading(
        config, size=path.stat().st_size, layers=layers, cache=cache, cards=cards,
        memory=config.memory_limit or available_memory(),
    )  # fmt: skip


def cache_for(config: EngineConfig, *, trained: int) -> Cache:
    """The attention of a model that was trained for so many tokens."""
    if config.kv_width:
        return Cache(trained, config.kv_width, tuple(config.head_sizes), config.heads)
    from warmchat.gguf.header import read_header  # here, not above: it costs as much as half of the loading

    return cache_of(read_header(Path(config.path)))


def cache_of(header: GGUFHeader) -> Cache:
    """The attention of the model, as its file's header says."""
    return Cache(
        header.context_length, header.kv_width, (header.key_length, header.value_length), header.head_count
    )


def plan_loading(
    config: EngineConfig, *, size: int, layers: int, cache: Cache | None, memory: int, cards: Sequence[Gpu]
) -> Loading:
    """Where the weights go.

    Args:
        size: bytes of the file.
        layers: of the model; looked at only where there is a GPU. So is `cache`.
        memory: bytes that may be used of the machine's memory.

    Raises:
        NotEnoughMemory: the weights do not fit.
        EngineError: the settings contradict each other.
    """
    check_settings(config.kv_type, config.flash_attention)
    on_gpu, why = _gpu_layers(config.gpu_layers, cards, size=size, layers=layers, cache=cache)
    share = on_gpu / (layers + 1) if on_gpu else 0.0
    here = round(size * (1 - share))
    check_weights(here, memory)
    pools = [Pool(memory - here - RESERVE, 1 - min(on_gpu, layers) / layers if on_gpu else 1.0)]
    if on_gpu:
        pools.append(Pool(sum(card.free for card in cards) - (size - here) - GPU_RESERVE, min(on_gpu, layers) / layers))
    mmap, why_mmap = _mmap(config.mmap, Path(config.path), on_gpu=on_gpu > 0)
    return Loading(on_gpu, mmap, on_gpu > 0, tuple(pools), {"gpu_layers": why, "mmap": why_mmap})


def plan_context(config: EngineConfig, loading: Loading, cache: Cache) -> Plan:
    """The rest, once the model's own figures are known.

    Raises:
        NotEnoughMemory: the context does not fit.
        EngineError: the settings contradict each other, or the model.
    """
    context = choose_context(
        wanted=config.n_ctx,
        kv_type=config.kv_type,
        flash_attention=config.flash_attention,
        cache=cache,
        pools=loading.pools,
        on_gpu=loading.on_gpu,
    )
    lanes = config.max_lanes
    if loading.on_gpu:  # its memory is nobody else's: what fits now fits later; the machine's is looked at on each use
        lanes = max(1, min(lanes, int(loading.pools[-1].tokens(context.per_token)) // context.n_ctx))
    reasons = {
        **context.reasons,
        "threads": ASKED if config.threads else
        "the physical cores that this process may use; fewer while other programs compute",
        **loading.reasons,
        "lanes": f"texts kept read, one for each voice, {context.bytes / 1e6:,.0f} MB each, while memory allows",
    }  # fmt: skip
    here = round(context.bytes * loading.pools[0].share)
    return Plan(
        context, here, config.threads or usable_threads(), loading.gpu_layers, loading.mmap, lanes, reasons
    )


def _gpu_layers(
    wanted: int, cards: Sequence[Gpu], *, size: int, layers: int, cache: Cache | None
) -> tuple[int, str]:
    if not cards:
        asked = " (layers were asked for)" if wanted > 0 else ""
        return 0, f"the installed llama.cpp sees no GPU{asked}"
    if wanted == 0:
        return 0, ASKED
    free = sum(card.free for card in cards) - GPU_RESERVE
    each = size / (layers + 1)
    all_layers = layers + 1  # the output counts as one
    if wanted > 0:
        count = min(wanted, all_layers)
        if count * each > free:
            needed, left = count * each / GB, max(0, free) / GB
            raise NotEnoughMemory(
                f"{count} layers take {needed:.1f} GB and {left:.1f} GB are free on the GPU",
                f"at most --gpu-layers {max(0, int(free / each))} fits",
            )
        return count, ASKED
    texts = 2 * AUTOMATIC_CONTEXT * cache.per_token(Way("f16", "on")) / max(1, layers) if cache is not None else 0.0
    fits = max(0, int(free / (each + texts)))
    if fits >= all_layers:
        return all_layers, f"all of them, with two voices' texts, fit the GPU's {free / GB:.1f} GB"
    return fits, f"as many of {all_layers} as fit the GPU's {free / GB:.1f} GB with their share of two voices' texts"


def _mmap(wanted: str, path: Path, *, on_gpu: bool) -> tuple[str, str]:
    if wanted != "auto":
        return wanted, ASKED
    if on_gpu:
        return "auto", "llama.cpp asks the GPU: one that shares the machine's memory would hold the weights twice"
    kind = file_system(path)
    if kind.startswith(_FAR):
        return "off", f"the file lies on {kind}: pages that memory pressure drops would be fetched from far"
    return "on", "it loads faster, and programs that run the same model share its memory"


def file_system(path: Path) -> str:
    """The type of the file system that holds `path`, such as ``ext4``; empty where the system does not say."""
    try:
        place = path.resolve()
        mounts = psutil.disk_partitions(all=True)
    except OSError:
        return ""
    holding = [mount for mount in mounts if place.is_relative_to(mount.mountpoint)]
    return max(holding, key=lambda mount: len(mount.mountpoint)).fstype.lower() if holding else ""
