"""``python -m warmchat`` and the command ``warmchat``."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Imports make some hundred thousand objects that stay; looking through them for garbage took a tenth of the start.
    gc.set_threshold(50_000)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else it looks through every installed package
    # A second thread for products of small matrices took as much of the processor again, waiting, and saved no time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from warmchat.cli.main import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
