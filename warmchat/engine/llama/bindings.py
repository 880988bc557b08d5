"""llama_cpp's C bindings, loaded alone; `native` is the door to them."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from types import ModuleType

from warmchat.domain.errors import EngineError


def _load_bindings() -> ModuleType:
    """llama_cpp's C bindings without the package around them.

    Importing the package also imports numpy, its own chat formats and a disk cache: a quarter of a second at every
    start that nobody here uses. A bare package object in its place lets the one module be imported alone.
    """
    if "llama_cpp" not in sys.modules:
        spec = importlib.util.find_spec("llama_cpp")
        if spec is None or spec.submodule_search_locations is None:
            raise EngineError("llama-cpp-python is not installed", "pip install llama-cpp-python")
        package = ModuleType("llama_cpp")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["llama_cpp"] = package
    from llama_cpp import llama_cpp

    module: ModuleType = llama_cpp
    return module


bindings = _load_bindings()


def has_amx() -> bool:
    """Whether the installed llama.cpp was compiled for a processor with AMX tiles."""
    return b"AMX_INT8 = 1" in bindings.llama_print_system_info()


def model_params() -> ctypes.Structure:
    """llama.cpp's own parameters of a model, but that weights are never packed anew for AMX.

    Its AMX code hands a tile configuration to the processor that compilers may leave unwritten: the first decode then
    ends the process (llama.cpp's pull request 26954). Only all repacking together can be left out.
    """
    params: ctypes.Structure = bindings.llama_model_default_params()
    params.use_extra_bufts = not has_amx()
    return params
