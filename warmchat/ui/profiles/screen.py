"""The profiles: a list, what each says, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from warmchat.domain.errors import PathError, ProfileError, WarmchatError
from warmchat.domain.paths import typed_path
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line, printable
from warmchat.profiles.files import TEMPLATE, ProfileFiles, free_id, renamed
from warmchat.ui.bounded import beginning
from warmchat.ui.external_editor import edit_file
from warmchat.ui.keymap import first_key, key_line
from warmchat.ui.keys import PROFILES, bindings
from warmchat.ui.pickers.path_form import PathForm
from warmchat.ui.pickers.rows import profile_rows
from warmchat.ui.profiles.words import difference, preview, understood
from warmchat.ui.voice_look import VoiceLook

if TYPE_CHECKING:
    from warmchat.ui.app import WarmchatApp

WIDTHS = [(0, "-narrow"), (72, "-wide")]
SHOWN_PROBLEMS = 4_000  # characters; `warmchat profiles check` says them all
ROOMY = 118  # cells across, from which on the foot names all keys


class ProfilesScreen(Screen[str | None]):
    """Gives back the id of the profile that is to speak next, or None."""

    CSS_PATH = "screen.tcss"
    DEEDS = PROFILES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PROFILES)]
    HORIZONTAL_BREAKPOINTS = WIDTHS

    def __init__(self, files: ProfileFiles, *, chosen: str = "") -> None:
        super().__init__()
        self._files = files
        self._start = chosen
        self._profiles: list[Profile] = []
        self._options = OptionList(compact=True, markup=False)
        self._problems = Static(Content(""), markup=False, id="problems")
        self._preview = Static(Content(""), markup=False)

    @property
    def _app(self) -> WarmchatApp:
        return cast("WarmchatApp", self.app)

    def compose(self) -> ComposeResult:
        yield Static(Content.styled("Profiles", "bold"), markup=False, id="title")
        with Horizontal(id="both"):
            with VerticalScroll(id="list", can_focus=False):
                yield self._options
                yield self._problems
            with VerticalScroll(id="beside", can_focus=False):
                yield self._preview
        yield Static(Content(""), markup=False, id="keys")

    def on_resize(self, event: Resize) -> None:
        wide = event.size.width >= ROOMY
        more = [("edit-in-your-editor", "in $EDITOR")] if wide else []
        leave: list[str | tuple[str, str]] = [first_key("help"), first_key("back-to-the-chat")]
        if wide:
            leave = [("export-for-another-program", "export"), ("help", "help"), ("back-to-the-chat", "back")]
        keys = key_line(
            "Enter speaks", ("edit-here", "edit"), *more, ("try-it", "try"),
            ("differences-from-the-shipped-one", "diff"), ("new", "new"), ("duplicate", "copy"), ("import", "import"),
            *leave,
        )  # fmt: skip
        self.query_one("#keys", Static).update(Content(keys))

    def on_mount(self) -> None:
        self._options.focus()
        self._reload(self._start)

    def _reload(self, chosen: str) -> None:
        shelf = self._app.services.profiles
        self._profiles = shelf.all()
        self._options.clear_options()
        self._options.add_options([Option(row.content) for row in profile_rows(self._profiles)])
        ids = [profile.id for profile in self._profiles]
        self._options.highlighted = ids.index(chosen) if chosen in ids else 0 if ids else None
        self._problems.update(Content(beginning(printable("\n".join(shelf.problems())), characters=SHOWN_PROBLEMS)))
        self._show()

    @property
    def _now(self) -> Profile | None:
        at = self._options.highlighted
        return self._profiles[at] if at is not None and at < len(self._profiles) else None

    def on_option_list_option_highlighted(self) -> None:
        self._show()

    def _show(self) -> None:
        profile = self._now
        found = preview(profile, VoiceLook.of(profile).ink_style) if profile is not None else None
        self._preview.update(found or Content("No profile was found"))

    def on_option_list_option_selected(self) -> None:
        if self._now is not None:
            self.dismiss(self._now.id)

    # ---- deeds

    def _say(self, error: WarmchatError) -> None:
        self._app.tell(error.message, error.hint, severity="error")

    def _edit(self, profile_id: str, text: str, *, new: bool, dropped: tuple[str, ...] = ()) -> None:
        from warmchat.ui.profiles.editor import ProfileEditor

        before = self._now.id if self._now is not None else profile_id

        def take(saved: str | None) -> None:
            self._reload(saved or before)

        self.app.push_screen(ProfileEditor(self._files, profile_id, text, new=new, dropped=dropped), take)

    def action_edit(self) -> None:
        if self._now is not None:
            try:
                self._edit(self._now.id, self._files.text(self._now.id), new=False)
            except ProfileError as error:
                self._say(error)

    def action_external(self) -> None:
        """In $EDITOR; of a shipped profile, a copy."""
        profile = self._now
        if profile is None:
            return
        try:
            with self.app.suspend():
                self._files.edit(profile.id, edit_file)
            draft = understood(self._files.text(profile.id), profile.id)
            if draft.said:
                self._app.tell(draft.said, severity="warning" if draft.parsed else "error")
        except SuspendNotSupported:
            self._app.tell("This terminal cannot be lent to another program", "e edits here")
        except WarmchatError as error:
            self._say(error)
        self._reload(profile.id)

    def action_differences(self) -> None:
        from warmchat.ui.profiles.text_screen import TextScreen

        profile = self._now
        if profile is None:
            return
        try:
            shipped, text = self._files.shipped(profile.id), self._files.text(profile.id)
        except ProfileError as error:
            self._say(error)
            return
        if shipped is None:
            self._app.tell(f"{profile.name} does not come with the program: there is nothing to compare with")
            return
        content = difference(shipped, text, names=("the shipped file", "yours"))
        self.app.push_screen(TextScreen(f"{one_line(profile.name, 40)} and the shipped one", content))

    def action_try(self) -> None:
        from warmchat.ui.profiles.trial import try_out

        if self._now is not None:
            reference = self._app.services.profiles.get(self._app.reference)
            try_out(self._app, (self._now.name, self._now), (reference.name, reference))

    def action_new(self) -> None:
        def take(name: str | None) -> None:
            if name:
                profile_id = free_id(name, self._app.services.profiles.ids())
                self._edit(profile_id, renamed(TEMPLATE.format(id=profile_id), one_line(name, 60)), new=True)

        self.app.push_screen(PathForm("A new profile", "What is it called?"), take)

    def action_duplicate(self) -> None:
        profile = self._now
        if profile is None:
            return
        try:
            text = self._files.text(profile.id)
        except ProfileError as error:
            self._say(error)
            return
        profile_id = free_id(profile.id, self._app.services.profiles.ids())
        self._edit(profile_id, renamed(text, f"{one_line(profile.name, 50)} {profile_id.rpartition('-')[2]}"), new=True)

    def action_import(self) -> None:
        from warmchat.profiles.foreign.read import read_foreign

        def take(path: str | None) -> None:
            if not path:
                return
            try:
                found = read_foreign(typed_path(path))
            except WarmchatError as error:
                self._app.tell(str(error), severity="error")
                return
            self._app.tell(f"Read as {found.kind}", f"nothing is saved before {first_key('save')}")
            profile_id = free_id(found.profile_id, self._app.services.profiles.ids())
            self._edit(profile_id, found.text, new=True, dropped=found.dropped)

        self.app.push_screen(PathForm("Import a role, agent, template or card", "Path of the file"), take)

    def action_export(self) -> None:
        """The form is the ending's: .md an aichat role, .yaml a template of llm, .json a character card."""
        from warmchat.profiles.foreign.write import FORMATS

        profile = self._now
        if profile is None:
            return
        by_ending = {".md": "aichat", ".yaml": "llm", ".json": "card"}

        def take(path: str | None) -> None:
            if not path:
                return
            try:
                file = typed_path(path)
            except PathError as error:
                self._app.tell(str(error), severity="error")
                return
            form = by_ending.get(file.suffix.lower())
            if form is None:
                self._app.tell("The ending says the format", "name a new file .md, .yaml or .json", severity="warning")
                return
            text, lost = FORMATS[form][1](profile)
            try:
                with file.open("x", encoding="utf-8") as opened:
                    opened.write(text)
            except OSError as error:
                self._app.tell(f"{file} cannot be written: {error.strerror}", severity="error")
                return
            self._app.tell(f"Exported to {file}", f"left out: {'; '.join(lost)}" if lost else "")

        title = "Export: .md (aichat), .yaml (llm), .json (character card)"
        self.app.push_screen(PathForm(title, f"{profile.id}.md"), take)

    def action_help(self) -> None:
        from warmchat.ui.help.screen import HelpScreen

        self.app.push_screen(HelpScreen(PROFILES))

    def action_leave(self) -> None:
        self.dismiss(None)
