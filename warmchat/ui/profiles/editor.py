"""A profile file in a text box: checked while it is written, tried before it is saved."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static, TextArea

from warmchat.domain.errors import ProfileError, WarmchatError
from warmchat.domain.text import one_line, printable
from warmchat.profiles.files import ProfileFiles
from warmchat.ui.bounded import beginning
from warmchat.ui.external_editor import edit_text
from warmchat.ui.keymap import key_line
from warmchat.ui.keys import EDITOR, bindings
from warmchat.ui.profiles.words import Draft, difference, understood

if TYPE_CHECKING:
    from textual.timer import Timer

    from warmchat.ui.app import WarmchatApp

CHECK_S = 0.15  # after the last key
TWICE_S = 5.0
LONGEST = 300  # characters below the text


class ProfileEditor(Screen[str | None]):
    """Gives back the id under which something was saved, or None.

    Args:
        text: what stands in the box at first. new: no file has it yet.
        dropped: what an import left out.
    """

    CSS_PATH = "screen.tcss"
    DEEDS = EDITOR
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EDITOR)]

    def __init__(
        self, files: ProfileFiles, profile_id: str, text: str, *, new: bool, dropped: tuple[str, ...] = ()
    ) -> None:
        super().__init__()
        self._files = files
        self._profile_id = profile_id
        self._saved = "" if new else text  # what the file says; "" while there is none
        self._new = new
        self._given_back: str | None = None
        self._timer: Timer | None = None
        self._asked: dict[str, float] = {}
        self._checked = Content("")
        self._told_of: str | None = None  # the text of which something was said beside
        self._box = TextArea(printable(text), soft_wrap=True, tab_behavior="indent", show_line_numbers=True)
        self._title = Static(Content(""), markup=False, id="title")
        self._said = Static(Content(""), markup=False, id="said")
        lines = "\n".join(f"left out: {one_line(line, 200)}" for line in dropped)
        self._dropped = VerticalScroll(Static(Content(lines), markup=False), id="dropped", can_focus=False)
        self._dropped.display = bool(dropped)
        self.draft: Draft = understood(text, profile_id)

    @property
    def _app(self) -> WarmchatApp:
        return cast("WarmchatApp", self.app)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._dropped
        yield self._box
        yield self._said
        yield Static(
            Content(
                key_line(
                    ("save", "save"), ("try-the-draft", "try"), ("differences", "differences"),
                    ("go-to-the-mistake", "to the mistake"), ("help", "help"), ("back", "back"),
                )
            ),
            markup=False, id="keys",
        )  # fmt: skip

    def on_mount(self) -> None:
        self._box.focus()
        self._check()

    @property
    def _changed(self) -> bool:
        return self._box.text != printable(self._saved)

    # ---- checking

    def on_text_area_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(CHECK_S, self._check)

    def _check(self) -> None:
        self.draft = draft = understood(self._box.text, self._profile_id)
        star = " · not saved" if self._changed else ""
        self._title.update(Content.assemble((f"{self._profile_id}.md", "bold"), (star, "$faint")))
        if draft.parsed is None:
            said = Content.styled(f"✗ {draft.said}", "$said-disagree")
        elif draft.said:
            said = Content.styled(f"! {draft.said}", "$said-unsure")
        else:
            said = Content.styled("= This can be used as it stands", "$said-agree")
        self._checked = said
        if self._told_of != self._box.text:
            self._said.update(said)

    def action_to_mistake(self) -> None:
        self._check()
        if self.draft.line is not None:
            self._box.move_cursor((min(self.draft.line, self._box.document.line_count) - 1, 0))
        else:
            self._say("There is no mistake on a line", "", "$said-agree")

    # ---- deeds

    def action_save(self) -> None:
        self._check()
        if self.draft.parsed is None and not self._twice("save", "This draft cannot be used yet", "saves it as it is"):
            return
        text = self._box.text if self._box.text.endswith("\n") else self._box.text + "\n"
        try:
            if self._new:
                file = self._files.create(self._profile_id, text)
            else:
                file = self._files.save(self._profile_id, text, read=self._saved)
            hidden = self._files.hidden_by(self._profile_id, file)
        except ProfileError as error:
            self._say_error(error)
            return
        self._new, self._saved, self._given_back = False, text, self._profile_id
        if self._box.text != text:  # a last line without its end
            cursor = self._box.cursor_location
            self._box.load_text(text)
            self._box.move_cursor(cursor)
        self._check()
        if self.draft.parsed is not None:
            self._app.profiles_changed(known=True)
        if hidden is None:
            self._say(f"Saved to {file}", "live at the next turn", "$said-agree")
        else:
            self._say(f"Saved to {file}", f"but {hidden} comes first in the search order", "$said-unsure")

    def action_try(self) -> None:
        from warmchat.ui.profiles.trial import try_out

        self._check()
        if self.draft.parsed is None:
            self._say("This draft cannot be tried yet", self.draft.said, "$said-unsure")
            return
        shelf = self._app.services.profiles
        try:
            other = ("As it is saved", shelf.get(self._profile_id)) if not self._new else None
        except WarmchatError:
            other = None
        if other is None or not self._changed:
            reference = shelf.get(self._app.reference)
            other = (reference.name, reference)
        try_out(self._app, ("The draft", self.draft.parsed.profile), other)

    def action_differences(self) -> None:
        from warmchat.ui.profiles.text_screen import TextScreen

        shipped = self._files.shipped(self._profile_id)
        before, name = (shipped, "the shipped file") if shipped is not None else (self._saved, "the saved file")
        content = difference(before, self._box.text, names=(name, "the draft"))
        self.app.push_screen(TextScreen(f"{self._profile_id}: the draft and {name}", content))

    def action_external(self) -> None:
        try:
            with self.app.suspend():
                text = edit_text(self._box.text)
        except SuspendNotSupported:
            self._say("This terminal cannot be lent to another program", "", "$said-unsure")
        except WarmchatError as error:
            self._say_error(error)
        else:
            self._box.load_text(printable(text))
            self._check()

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(EDITOR))

    def action_leave(self) -> None:
        if not self._changed or self._twice("leave", "The draft is not saved", "leaves it"):
            self.dismiss(self._given_back)

    def _twice(self, what: str, message: str, does: str) -> bool:
        """Whether this was asked for a second time within a few seconds; says so the first time."""
        now = time.monotonic()
        again = now - self._asked.get(what, float("-inf")) <= TWICE_S
        self._asked[what] = now
        if not again:
            self._say(message, f"the same key once more {does}", "$said-unsure")
        return again

    def _say_error(self, error: WarmchatError) -> None:
        self._say(error.message, error.hint, "$said-disagree")

    def _say(self, message: str, more: str, style: str) -> None:
        """Below the text, until that is changed: a notice would lie upon what is being written."""
        self._told_of = self._box.text
        words = printable(beginning("; ".join(part for part in (message, more) if part), characters=LONGEST))
        self._said.update(Content("\n").join((self._checked, Content.styled(words, style))))
