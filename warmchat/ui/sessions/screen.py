"""The sessions of the log: a list that is searched as one types, and what can be done with each.

A session that is deleted goes from the list at once and from the log when the list is left: until then it can be
brought back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line, printable
from warmchat.ui.keymap import first_key, key_line
from warmchat.ui.keys import SESSIONS, SESSIONS_MOVING, bindings, moving_bindings
from warmchat.ui.sessions.rows import SessionRow, found_rows, summary_row

if TYPE_CHECKING:
    from warmchat.ui.services import SessionShelf, SessionSummary

LISTED = 200  # the newest so many; older ones are found by searching
HITS = 200
QUIET_S = 0.06  # of typing, before the log is asked


@dataclass(frozen=True, slots=True)
class Left:
    """How the list was left.

    Attributes:
        session_id: what to go on with; None: nothing. turn_id: the turn to go to; "" the last one.
        new: a new session was asked for.
        deleted: ids of the sessions that are to be deleted now.
    """

    session_id: str | None = None
    turn_id: str = ""
    new: bool = False
    deleted: tuple[str, ...] = ()


class SessionsScreen(Screen[Left]):
    """The list. It changes titles and puts sessions away itself; what is deleted it hands back.

    Args:
        shelf: gives the log; may block the first time.
        names: what the voices are called, by profile.
        here: id of the open session.
        busy: a reply is coming in the open session.
    """

    CSS_PATH = "screen.tcss"
    DEEDS = SESSIONS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SESSIONS), *moving_bindings(SESSIONS_MOVING)]

    class Loaded(Message):
        """An answer of the log."""

        def __init__(self, asked: int, rows: Sequence[SessionRow], trouble: str) -> None:
            super().__init__()
            self.asked = asked
            self.rows = rows
            self.trouble = trouble

    def __init__(self, shelf: Callable[[], SessionShelf], *, names: dict[str, str], here: str, busy: bool) -> None:
        super().__init__()
        self._shelf = shelf
        self._names = names
        self._here = here
        self._busy = busy
        self._archived = False
        self._rows: list[SessionRow] = []
        self._deleted: dict[str, str] = {}  # id -> title, in the order of deletion
        self._asked = 0
        self._stay = ("", 0)  # session and line to choose when the list has been made anew
        self._left = False
        self._search = Input(placeholder="Search in all that was said", compact=True)
        self._state = Static(Content("Looking …"), markup=False, id="state")
        self._list = OptionList(compact=True, markup=False)
        self._note = Static(Content(""), markup=False, id="note")

    def compose(self) -> ComposeResult:
        yield Static(Content(""), markup=False, id="title")
        yield self._search
        yield self._state
        yield self._list
        yield self._note
        yield Static(Content(""), markup=False, id="keys")

    def on_mount(self) -> None:
        self._list.display = False
        self._say_title()
        self._search.focus()
        self._ask()

    def on_resize(self) -> None:
        more = [("those-that-were-put-away", "other list"), ("new-session", "new")] if self.size.width >= 110 else []
        undo = [("bring-back-what-was-deleted", "undo")] if self.size.width >= 100 else []
        away = [("put-away-bring-back", "put away")] if self.size.width >= 84 else []
        keys = key_line(
            ("go-on-with-it", "goes on"), ("rename", "rename"), ("delete", "delete"), *undo, *away, *more,
            ("help", "help"), ("back", "back"),
        )  # fmt: skip
        self.query_one("#keys", Static).update(Content(keys))

    def _say_title(self) -> None:
        title = "Sessions that were put away" if self._archived else "Sessions"
        self.query_one("#title", Static).update(Content(title))

    # ---- asking the log

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.set_timer(QUIET_S, self._ask_if_quiet(event.value))

    def _ask_if_quiet(self, typed: str) -> Callable[[], None]:
        def ask() -> None:
            if typed == self._search.value:
                self._stay = ("", 0)
                self._ask()

        return ask

    def _ask(self) -> None:
        """Make the list anew, in a thread."""
        self._asked += 1
        asked, query, archived = self._asked, self._search.value.strip(), self._archived

        def ask() -> None:
            try:
                loaded = self.Loaded(asked, self._found(query, archived), "")
            except WarmchatError as error:
                loaded = self.Loaded(asked, [], str(error))
            except Exception as error:  # else the list would say "looking" for ever
                loaded = self.Loaded(asked, [], f"The list could not be made: {error}")
            self.post_message(loaded)

        threading.Thread(target=ask, name="sessions", daemon=True).start()

    def _found(self, query: str, archived: bool) -> list[SessionRow]:
        shelf = self._shelf()
        listed: Sequence[SessionSummary] = shelf.sessions(LISTED, archived=archived)
        if not query:
            return [summary_row(session, here=session.id == self._here) for session in listed]
        away = {session.id for session in shelf.sessions(archived=True)}
        asked = query if query.endswith(("*", '"')) else f"{query}*"  # the last word is still being written
        return found_rows(shelf.search(asked, HITS), listed, query, name=self._names,
                          listed=lambda session_id: (session_id in away) == archived)  # fmt: skip

    def on_sessions_screen_loaded(self, event: Loaded) -> None:
        if event.asked != self._asked:
            return  # it was typed on
        self._rows = [row for row in event.rows if row.session_id not in self._deleted]
        nothing = "Nothing was found" if self._search.value.strip() else "There are no sessions here yet"
        session_id, line = self._stay
        self._show(event.trouble or nothing, at=self._line_of(session_id, line))

    def _line_of(self, session_id: str, otherwise: int) -> int:
        return next((at for at, row in enumerate(self._rows) if row.session_id == session_id), otherwise)

    def _show(self, nothing: str, *, at: int = 0) -> None:
        self._state.update(Content(printable(nothing)))
        self._state.display = not self._rows
        self._list.display = bool(self._rows)
        self._list.clear_options()
        self._list.add_options([Option(row.content) for row in self._rows])
        if self._rows:
            self._list.highlighted = min(at, len(self._rows) - 1)

    # ---- moving and leaving

    @property
    def _chosen(self) -> SessionRow | None:
        at = self._list.highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def action_move(self, step: int) -> None:
        (self._list.action_cursor_up if step < 0 else self._list.action_cursor_down)()

    def action_page(self, step: int) -> None:
        for _ in range(max(1, self._list.size.height // 3)):
            self.action_move(step)

    def action_go_on(self) -> None:
        if self._chosen is not None:
            self._leave(Left(self._chosen.session_id, self._chosen.turn_id, deleted=tuple(self._deleted)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_go_on()

    def action_new(self) -> None:
        self._leave(Left(new=True, deleted=tuple(self._deleted)))

    def action_leave(self) -> None:
        if self._search.value:
            self._search.value = ""
        else:
            self._leave(Left(deleted=tuple(self._deleted)))

    def _leave(self, left: Left) -> None:
        self._left = True
        self.dismiss(left)

    def on_unmount(self) -> None:
        """The program is left from here: what was deleted is deleted."""
        if not self._left:
            for session_id in self._deleted:
                self._shelf().delete_session(session_id)

    # ---- what can be done with a session

    def action_rename(self) -> None:
        from warmchat.ui.pickers.path_form import PathForm

        row = self._chosen
        if row is None:
            return

        def take(title: str | None) -> None:
            if title and title != row.title:
                self._change(lambda shelf: shelf.rename_session(row.session_id, title), "Renamed")

        self.app.push_screen(PathForm("Rename the session", "Its title", value=row.title), take)

    def action_put_away(self) -> None:
        row = self._chosen
        if row is not None:
            archived = not self._archived
            done = f"Put away: {row.title}" if archived else f"Back in the list: {row.title}"
            self._change(lambda shelf: shelf.archive_session(row.session_id, archived=archived), done)

    def action_other_list(self) -> None:
        self._archived = not self._archived
        self._stay = ("", 0)
        self._say_title()
        self._ask()

    def action_delete(self) -> None:
        row = self._chosen
        if row is None:
            return
        if row.session_id == self._here and self._busy:
            self._say("A reply is still coming in this session: stop it first")
            return
        at = self._list.highlighted or 0
        self._deleted[row.session_id] = row.title
        self._rows.remove(row)
        self._show("There are no sessions here any more", at=at)
        undo = first_key("bring-back-what-was-deleted")
        self._say(f"Deleted: {one_line(row.title, 30)} · {undo} brings it back until you leave")

    def action_undo(self) -> None:
        if not self._deleted:
            self._say("Nothing was deleted since this list was opened")
            return
        session_id, title = self._deleted.popitem()
        self._stay = (session_id, 0)
        self._say(f"Back again: {title}")
        self._ask()

    def _change(self, deed: Callable[[SessionShelf], None], done: str) -> None:
        """Change something in the log, and make the list anew. It takes about a millisecond."""
        self._stay = (self._chosen.session_id if self._chosen is not None else "", self._list.highlighted or 0)
        try:
            deed(self._shelf())
        except WarmchatError as error:
            self._say(str(error))
        else:
            self._say(done)
            self._ask()

    def _say(self, text: str) -> None:
        self._note.update(Content(one_line(text, 300)))

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(SESSIONS))
