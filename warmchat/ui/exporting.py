"""Writing an export in a thread, and telling what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.domain.errors import WarmchatError

if TYPE_CHECKING:
    from warmchat.ui.app import WarmchatApp
    from warmchat.ui.services import ExportAsked

READ_FIRST = "rules know forms, not people: read it before you give it away"


def export_in_thread(app: WarmchatApp, asked: ExportAsked, write: Callable[[ExportAsked], Path]) -> None:
    """Have it written. ``write`` gives the file; it may block and raise `WarmchatError`."""

    def work() -> None:
        try:
            written = write(asked)
        except WarmchatError as error:
            app.call_from_thread(app.tell, error.message, error.hint, severity="error")
        except Exception as error:  # a thread of its own: nobody else would hear of it
            app.call_from_thread(app.tell, f"The export failed: {error}", severity="error")
        else:
            app.call_from_thread(app.tell, f"Exported to {written}", READ_FIRST if asked.redact else "")

    threading.Thread(target=work, name="export", daemon=True).start()
