"""All disagreements of the log: filter them, read both answers, open the conversation, export what is listed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from warmchat.domain.days import Days
from warmchat.domain.errors import WarmchatError
from warmchat.domain.mark import Mark
from warmchat.domain.turn import Turn
from warmchat.storage.records import Day, Flag
from warmchat.ui.flags.course import plot, sentence
from warmchat.ui.flags.filters import Filters
from warmchat.ui.flags.rows import both_answers, filters_line, flag_row
from warmchat.ui.keymap import first_key, key_line
from warmchat.ui.keys import FLAGS, bindings
from warmchat.ui.marking import ask_mark, names_of
from warmchat.ui.marks import marked_words

if TYPE_CHECKING:
    from warmchat.ui.app import WarmchatApp
    from warmchat.ui.services import ExportAsked, FlagLog

WIDTHS = [(0, "-narrow"), (100, "-wide")]
HEIGHTS = [(0, "-low"), (20, "-normal")]
MOST = 500  # rows; a list that nobody could walk through is narrowed by filters
ROOMY = 100  # cells across, from which on the foot names more keys
FILTER_KEYS = "lkdctvmar"


@dataclass(frozen=True, slots=True)
class Found:
    """What the log answered."""

    flags: Sequence[Flag]
    count: int
    days: Sequence[Day]


class FlagsScreen(Screen[None]):
    """The list on the left, both answers of the row on the right where there is room."""

    CSS_PATH = "screen.tcss"
    DEEDS = FLAGS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(FLAGS),
        *(Binding(key, f"filter('{key}', 1)", show=False) for key in FILTER_KEYS),
        *(Binding(f"{key.upper()},shift+{key}", f"filter('{key}', -1)", show=False) for key in FILTER_KEYS),
    ]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    class Answered(Message):
        """The log answered question number `asked` about `what`; only the newest question counts."""

        def __init__(self, what: str, asked: int, take: Callable[[], object]) -> None:
            super().__init__()
            self.what = what
            self.asked = asked
            self.take = take

    def __init__(self, log: Callable[[], FlagLog]) -> None:
        super().__init__()
        self._log = log
        self._filters = Filters()
        self._flags: Sequence[Flag] = ()
        self._days: Sequence[Day] = ()
        self._asked = {"list": 0, "turn": 0}
        self._line_to_keep = 0
        self._away = False  # on a screen that may have changed what is listed
        self._title = Static(Content("Disagreements"), markup=False, id="title")
        self._line = Static(Content(""), markup=False, id="filters")
        self._course = Static(Content(""), markup=False, id="course")
        self._options = OptionList(compact=True, markup=False)
        self._state = Static(Content("Reading the log …"), markup=False, id="state")
        self._beside = Static(Content(""), markup=False)

    @property
    def _app(self) -> WarmchatApp:
        return cast("WarmchatApp", self.app)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._course
        yield self._line
        with Horizontal(id="both"):
            with VerticalScroll(id="list", can_focus=False):
                yield self._state
                yield self._options
            with VerticalScroll(id="beside", can_focus=False):
                yield self._beside
        yield Static(Content(""), markup=False, id="keys")

    def on_mount(self) -> None:
        self._options.focus()
        self._ask("list", lambda log: log.voices_and_models(), self._take_names)

    # ---- asking the log, in a thread: another program may hold it

    def _ask(self, what: str, question: Callable[[FlagLog], Any], take: Callable[[Any], None]) -> None:
        self._asked[what] += 1
        number = self._asked[what]

        def ask() -> None:
            try:
                answer = question(self._log())
            except WarmchatError as error:
                trouble = str(error)
                self.post_message(self.Answered(what, number, lambda: self._say_trouble(trouble)))
            except Exception as error:  # a thread of its own: nobody else would hear of it
                trouble = f"The log could not be read: {error}"
                self.post_message(self.Answered(what, number, lambda: self._say_trouble(trouble)))
            else:
                self.post_message(self.Answered(what, number, lambda: take(answer)))

        threading.Thread(target=ask, name=f"flags-{what}", daemon=True).start()

    def on_flags_screen_answered(self, event: Answered) -> None:
        if self._asked[event.what] == event.asked:
            event.take()

    def _say_trouble(self, trouble: str) -> None:
        self._state.update(Content(trouble))
        self._state.display = True

    def _take_names(self, names: tuple[list[str], list[str]]) -> None:
        self._filters = Filters.over(*names, datetime.now().astimezone().date())
        self._reload()

    def _reload(self, *, stay: bool = False) -> None:
        """Ask for the list anew; `stay`: at this line, where what is chosen fits no longer."""
        self._line_to_keep = (self._options.highlighted or 0) if stay else 0
        self._draw_filters()
        where, of_whom = self._filters.where(), self._filters.of_whom()
        self._ask("list", lambda log: Found(*log.flag_list(where, MOST), log.course(of_whom)), self._take_found)

    def _take_found(self, found: Found) -> None:
        chosen = self._chosen
        self._flags, self._days = found.flags, found.days
        more = f", the newest {len(found.flags):,} are listed" if found.count > len(found.flags) else ""
        self._title.update(Content.assemble(("Disagreements", "bold"), (f"  {found.count:,} fit{more}", "$faint")))
        self._options.clear_options()
        width = self.size.width // 2 - 3 if self.has_class("-wide") else self.size.width - 4
        self._options.add_options([Option(flag_row(flag, width)) for flag in found.flags])
        self._options.display = bool(found.flags)
        self._state.display = not found.flags
        self._state.update(Content(self._why_none()))
        self._beside.update(Content(""))
        if found.flags:
            same = (at for at, flag in enumerate(found.flags) if chosen is not None and flag.turn_id == chosen.turn_id)
            self._options.highlighted = next(same, min(self._line_to_keep, len(found.flags) - 1))
        self._draw_course()

    def _why_none(self) -> str:
        if any(one.at for one in self._filters.filters):
            return f"No turn of the log fits. {first_key('all-again')} shows all again."
        return "No reply was flagged yet. l leads to those that are unsure, and to all that were compared."

    def _draw_course(self) -> None:
        reference = self._app.chat.look_of(self._app.reference).name.lower()
        chosen = self._filters.named("voice")
        voice = f"the {chosen.value}" if chosen is not None else "the voices that were checked"
        lines = [sentence(self._days, voice, reference), *plot(self._days, self.size.width - 2)]
        self._course.update(Content("\n".join(lines)))

    def _draw_filters(self) -> None:
        self._line.update(filters_line(self._filters, self.size.width - 2))

    def on_resize(self, event: events.Resize) -> None:
        wide = event.size.width >= ROOMY
        keys = key_line(
            "Enter side by side" if wide else "Enter both", ("open-the-conversation-there", "conversation"),
            ("mark-it", "mark"), ("export-what-is-listed", "export"), ("all-again", "all"),
            *([("show-or-hide-the-course-over-time", "course")] if wide else []), ("help", "help"),
            ("back-to-the-chat", "back"),
        )  # fmt: skip
        self.query_one("#keys", Static).update(Content(keys))
        self._draw_filters()
        if self._days:
            self._draw_course()

    # ---- what the user does

    def action_filter(self, key: str, step: int) -> None:
        if self._filters.filters:
            self._filters = self._filters.stepped(key, step)
            self._reload()

    def action_days(self) -> None:
        from warmchat.ui.pickers.days_form import DaysForm

        def take(days: Days | None) -> None:
            if days is not None:
                self._filters = self._filters.between(days)
                self._reload()

        if self._filters.filters:
            self.app.push_screen(DaysForm(self._filters.days, datetime.now().astimezone().date()), take)

    def action_clear(self) -> None:
        self._filters = self._filters.cleared()
        self._reload()

    def action_course(self) -> None:
        self._course.display = not self._course.display

    @property
    def _chosen(self) -> Flag | None:
        at = self._options.highlighted
        return self._flags[at] if at is not None and at < len(self._flags) else None

    def on_option_list_option_highlighted(self) -> None:
        flag = self._chosen
        if flag is not None and self.has_class("-wide"):
            self._ask("turn", lambda log: (log.turn(flag.turn_id), log.marks(flag.session_id)), self._show_beside)

    def _show_beside(self, found: tuple[Turn, Mapping[str, Mark]]) -> None:
        turn, marks = found
        chat = self._app.chat
        shadow = turn.shadow.profile if turn.shadow is not None else self._app.reference
        marked = marked_words(marks.get(turn.id), **names_of(self._app, turn))
        said = both_answers(turn, voice=chat.look_of(turn.profile).name, reference=chat.look_of(shadow).name)
        self._beside.update(Content.assemble(said, f"\n{marked}" if marked else ""))

    def on_option_list_option_selected(self) -> None:
        flag = self._chosen
        if flag is not None:
            self._ask("turn", lambda log: log.turn(flag.turn_id), self._side_by_side)

    def _side_by_side(self, turn: Turn) -> None:
        from warmchat.ui.chat.errands import compare

        self._away = True
        compare(self._app.chat, turn)

    def on_screen_resume(self) -> None:
        if self._away:
            self._away = False
            self._reload(stay=True)

    def action_mark(self) -> None:
        flag = self._chosen
        if flag is not None:
            self._ask("turn", lambda log: log.turn(flag.turn_id), self._mark)

    def _mark(self, turn: Turn) -> None:
        ask_mark(self._app, turn, lambda _: self._reload(stay=True))

    def action_conversation(self) -> None:
        flag = self._chosen
        if flag is not None:
            self.dismiss(None)
            self._app.open_turn(flag.session_id, flag.turn_id)

    def action_export(self) -> None:
        from warmchat.ui.exporting import export_in_thread
        from warmchat.ui.pickers.export_form import ExportForm

        if not self._flags:
            self._app.tell("There is nothing to export: no turn fits")
            return
        where = self._filters.where()

        def take(asked: ExportAsked | None) -> None:
            if asked is not None:
                export_in_thread(self._app, asked, lambda asked: self._app.services.export_turns(where, asked))

        self.app.push_screen(ExportForm("warmchat-disagreements", "csv", title="Export what is listed"), take)

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(FLAGS, signs=True))

    def action_leave(self) -> None:
        self.dismiss(None)
