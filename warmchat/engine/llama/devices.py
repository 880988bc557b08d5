"""What the installed llama.cpp was built for, and which GPUs it sees: from ggml's own list of devices.

``python -P -m warmchat.engine.llama.devices`` prints it as JSON, for `warmchat.engine.build`.
"""

from __future__ import annotations

import ctypes
import json
import sys
from dataclasses import asdict
from typing import Any

from warmchat.engine.build import Build, Gpu
from warmchat.engine.llama.bindings import bindings
from warmchat.engine.llama.native import Backend

_GPUS = (1, 2)  # ggml's device types: a GPU with memory of its own, one that shares the machine's


def build() -> Build:
    """Ask the library. It must be initialised (`native.Backend`)."""
    return Build(
        version=bindings.llama_version().decode(),
        features=bindings.llama_print_system_info().decode().strip(),
        backends=_backends(),
        gpus=gpus(),
        mmap=bool(bindings.llama_supports_mmap()),
        mlock=bool(bindings.llama_supports_mlock()),
    )


def gpus() -> tuple[Gpu, ...]:
    """The GPUs that llama.cpp would use; none where it was built without support for any."""
    ggml = _ggml()
    if ggml is None:
        return ()
    out = []
    for index in range(ggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(ggml.ggml_backend_dev_get(ctypes.c_size_t(index)))
        kind = ggml.ggml_backend_dev_type(device)
        if kind in _GPUS:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            name = ggml.ggml_backend_dev_description(device).decode("utf-8", "replace")
            out.append(Gpu(name, free.value, total.value, shared=kind == _GPUS[1]))
    return tuple(out)


def _backends() -> tuple[str, ...]:
    ggml = _ggml()
    if ggml is None:
        return ()
    count = ggml.ggml_backend_reg_count()
    found = (ctypes.c_void_p(ggml.ggml_backend_reg_get(ctypes.c_size_t(index))) for index in range(count))
    return tuple(ggml.ggml_backend_reg_name(backend).decode() for backend in found)


def _ggml() -> Any:
    """ggml's functions, through the library that links it; None where the system does not let us look there."""
    ggml = bindings._lib
    try:
        for name in ("ggml_backend_dev_count", "ggml_backend_reg_count"):
            getattr(ggml, name).restype = ctypes.c_size_t
        for name in ("ggml_backend_dev_get", "ggml_backend_reg_get"):
            getattr(ggml, name).restype = ctypes.c_void_p
        for name in ("ggml_backend_dev_description", "ggml_backend_reg_name"):
            getattr(ggml, name).restype = ctypes.c_char_p
        ggml.ggml_backend_dev_type.restype = ctypes.c_int
        ggml.ggml_backend_dev_memory.restype = None
    except AttributeError:
        return None
    return ggml


if __name__ == "__main__":
    _backend = Backend(lambda _: None)
    sys.stdout.write(json.dumps(asdict(build())))
