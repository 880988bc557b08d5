"""What is installed: this program, Python, llama.cpp and what it was compiled for, and how to compile it for a GPU."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

from warmchat import __version__
from warmchat.cli.doctor.report import Section, size_text
from warmchat.compare.cross_encoder import why_missing
from warmchat.domain.errors import EngineError
from warmchat.engine.build import Build, ask_build
from warmchat.shipped import starter_model
from warmchat.wiring import make_detector

# flag of the build, what people call it, the compiler that it needs
GPU_BUILDS = (
    ("GGML_CUDA", "NVIDIA (CUDA)", "nvcc"),
    ("GGML_METAL", "a Mac (Metal)", "xcrun"),
    ("GGML_VULKAN", "others (Vulkan)", "glslc"),
)
_PLAIN = {"CPU", "BLAS"}  # backends that compute on the processor
_MUCH = {"avx2": "AVX2", "fma": "FMA", "f16c": "F16C"}  # what makes reading and drawing several times faster


def build_lines(flag: str = "") -> tuple[str, ...]:
    """The command that compiles llama.cpp anew with this flag, for this Python, in lines that a shell takes as one."""
    arguments = f'CMAKE_ARGS="-D{flag}=on" ' if flag else ""
    return (
        f"{arguments}{sys.executable or 'python3'} -m pip install \\",
        "  --force-reinstall --no-deps --no-cache-dir \\",
        f"  --no-binary llama-cpp-python {_wanted()}",
    )


def build_line(flag: str = "") -> str:
    """The same, in one line."""
    return " ".join(line.removesuffix("\\").strip() for line in build_lines(flag))


def _wanted() -> str:
    """llama-cpp-python as this program needs it: another version has another interface."""
    for wanted in requires("warmchat") or ():
        if wanted.startswith("llama-cpp-python"):
            return wanted.split(";")[0].strip()
    return "llama-cpp-python"


def look_at_installation(section: Section) -> Build | None:
    """Fill the section. Returns what llama.cpp says of itself; None where it cannot be asked."""
    package = Path(__file__).parent.parent.parent
    section.add("warmchat", f"{__version__}, in {package}", warmchat=__version__, package=str(package))
    section.add(
        "Python", f"{platform.python_version()}, {sys.executable}",
        python=platform.python_version(), executable=sys.executable, platform=platform.platform(),
    )  # fmt: skip
    _extras(section)
    detector, missing = make_detector().name, why_missing()
    without = f", without the cross-encoder: {missing}" if missing else ""
    section.add("detector", f"{detector}{without}", detector=detector, cross_encoder_missing=missing or None)
    bindings = _version("llama-cpp-python")
    section.facts["llama_cpp_python"] = bindings
    if bindings is None:
        section.wrong("llama-cpp-python is not installed", "pip install llama-cpp-python", stops=True)
        return None
    try:
        build = ask_build()
    except EngineError as error:
        section.add("llama.cpp", f"llama-cpp-python {bindings}, which cannot be loaded")
        section.wrong(error.message, f"{error.hint}: {build_line()}", stops=True)
        return None
    section.add("llama.cpp", f"{build.version}, in llama-cpp-python {bindings}", llama_cpp=build.version)
    _features(section, build)
    _gpu(section, build)
    return build


def _extras(section: Section) -> None:
    starter = starter_model()
    section.add(
        "extras", ", ".join(
            f"{name} {'yes' if there else 'no'}"
            for name, there in (("starter", starter is not None), ("remote", find_spec("openai") is not None))
        ),
        extras={"starter": starter is not None, "remote": find_spec("openai") is not None},
    )  # fmt: skip


def _features(section: Section, build: Build) -> None:
    found = re.findall(r"(\w+) = 1", build.features)
    section.add("compiled for", " ".join(found) or "nothing in particular", features=found, system_info=build.features)
    if "AMX_INT8" in found:
        section.add("AMX", "left alone: llama.cpp's code for it can end the process")
    missing = [name for flag, name in _MUCH.items() if flag in _processor_flags() and name not in found]
    if missing:
        section.wrong(
            f"This llama.cpp leaves {', '.join(missing)} of the processor unused, so it is slow",
            f"compile it on this machine: {build_line()}",
        )


def _gpu(section: Section, build: Build) -> None:
    compiled = [name for name in build.backends if name not in _PLAIN]
    section.facts |= {
        "backends": list(build.backends),
        "gpus": [{"name": gpu.name, "free": gpu.free, "total": gpu.total} for gpu in build.gpus],
        "gpu_builds": {people: build_line(flag) for flag, people, _ in GPU_BUILDS},
    }
    for gpu in build.gpus:
        section.add("GPU", f"{gpu.name}, {size_text(gpu.free)} of {size_text(gpu.total)} free")
    if build.gpus:
        return
    if compiled:
        section.add("GPU", f"none is seen, though llama.cpp was built for {', '.join(compiled)}")
        section.wrong(
            f"llama.cpp was built for {', '.join(compiled)} and sees no such card",
            "its driver may be missing; until then the processor does the work",
        )
        return
    seen = _card()
    section.add("GPU", "not supported by this build" + (f"; this machine seems to have one: {seen}" if seen else ""))
    section.verbatim.append("To compile llama.cpp for a GPU,")
    for flag, people, compiler in GPU_BUILDS:
        have = "" if shutil.which(compiler) else f" (needs {compiler}, which was not found)"
        section.verbatim += [f"for {people}{have}:", *(f"  {line}" for line in build_lines(flag))]


def _processor_flags() -> set[str]:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    return set(found.group(1).split()) if found else set()


def _card() -> str:
    """A GPU that the system shows, as far as a look at its devices tells."""
    if Path("/proc/driver/nvidia").exists() or shutil.which("nvidia-smi"):
        return "NVIDIA"
    if sys.platform == "darwin":
        return "Apple"
    return "AMD or Intel" if any(Path("/dev/dri").glob("renderD*")) else ""


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
