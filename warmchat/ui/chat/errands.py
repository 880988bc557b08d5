"""What leads away from the chat screen and back: side by side, pickers, export, files, the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.domain.errors import PathError, WarmchatError
from warmchat.domain.paths import typed_path
from warmchat.domain.text import one_line
from warmchat.ui.beside import other_than
from warmchat.ui.keymap import first_key
from warmchat.ui.marks import typed_mark
from warmchat.ui.words import export_stem

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn
    from warmchat.ui.chat.screen import ChatScreen
    from warmchat.ui.services import FlagLog

FORMATS = ("md", "html", "jsonl", "csv")


def switch_voice(screen: ChatScreen) -> None:
    """Between the reference and the voice that spoke last beside it."""
    app, session = screen.chat_app, screen.session
    if session is None:
        screen.say_no_session()
        return
    if session.profile.id != app.reference:
        screen.speak_as(app.reference)
        return
    other = other_than(app.reference, app.profiles.ids(), app.reference, screen.last_other)
    if other is None:
        app.tell("There is no other voice", "put a profile file into system_prompts/")
    else:
        screen.speak_as(other)


def compare(screen: ChatScreen, turn: Turn | None) -> None:
    """Open side by side, or say why there is nothing to set side by side."""
    app = screen.chat_app
    if turn is None:
        app.tell("There is no turn to compare yet")
    elif turn.shadow is None or turn.reply is None or turn.verdict is None:
        if turn.id in screen.transcript.pending:
            app.tell("This turn is still being checked")
        elif turn.profile == app.reference and turn.verdict is None and not _was_changed(screen, turn):
            name = screen.reference_look().name.lower()
            app.tell(
                f"The {name} itself spoke here: there is no second answer",
                f"{first_key('check-now')} asks it again and compares",
            )
        else:
            reason = turn.verdict.reason if turn.verdict is not None else "no check was made"
            app.tell(f"This turn was not compared: {reason}", f"{first_key('check-now')} checks it now")
    else:
        from warmchat.ui.disagreement.panel import DisagreementPanel

        app.push_screen(
            DisagreementPanel(
                turn, voice=screen.look_of_reply(turn.reply), reference=screen.look_of(turn.shadow.profile)
            )
        )


async def go_to(screen: ChatScreen, turn_id: str) -> None:
    """Bring a turn of the session into sight, on whatever branch it stands."""
    session = screen.session
    if session is None or not turn_id:
        return
    if turn_id not in {turn.id for turn in session.turns}:
        try:
            session.show_branch(turn_id)
        except KeyError:  # deleted meanwhile, or written by another program
            screen.chat_app.tell("That turn is not in this session any more", severity="warning")
            return
    await screen.transcript.go_to(turn_id)


def flags(screen: ChatScreen) -> None:
    """Open the disagreements of all sessions."""
    from warmchat.ui.flags.screen import FlagsScreen

    app = screen.chat_app

    def log() -> FlagLog:
        return app.services.flags()  # asked in a thread: the start may still be under way

    app.push_screen(FlagsScreen(log))


def _was_changed(screen: ChatScreen, turn: Turn) -> bool:
    return turn.reply is not None and not screen.look_of_reply(turn.reply).plain


def can_be_checked(turn: Turn) -> bool:
    """Whether a check could give this turn a verdict that it lacks."""
    has_reply = turn.reply is not None and bool(turn.reply.text.strip())
    return has_reply and (turn.verdict is None or turn.verdict.label == "unjudged")


def check_now(screen: ChatScreen, turn: Turn | None) -> None:
    """Start the check of a turn, or say why that cannot be."""
    app = screen.chat_app
    if turn is None or screen.session is None:
        app.tell("There is no turn to check yet")
    elif turn.id in screen.transcript.pending:
        app.tell("This turn is being checked already")
    elif not can_be_checked(turn):
        judged = turn.verdict is not None and turn.verdict.label != "unjudged"
        if judged:
            app.tell("This turn was checked already", f"{first_key('side-by-side')} shows it")
        else:
            app.tell("There is no reply to check")
    else:
        screen.flow.check(screen.session, turn)


def mark(screen: ChatScreen, turn: Turn | None, words: str) -> None:
    """Mark a turn as the words say; asks where there are none."""
    from warmchat.ui.marking import ask_mark, set_mark

    app = screen.chat_app
    if turn is None or turn.reply is None:
        app.tell("There is no reply to mark yet")
        return
    if not words:
        ask_mark(app, turn, lambda _: None)
        return
    try:
        given = typed_mark(words)
    except WarmchatError as error:
        app.tell(error.message, error.hint, severity="warning")
    else:
        set_mark(app, turn, given, lambda _: None)


def follow_link(screen: ChatScreen, address: str) -> None:
    """Show where a link leads; open or copy it where the reader says so."""
    from warmchat.ui.chat.link_form import LinkForm

    def take(answer: str | None) -> None:
        if answer == "open":
            screen.app.open_url(address)
        elif answer == "copy":
            screen.app.copy_to_clipboard(address)

    screen.app.push_screen(LinkForm(address), take)


def attach(screen: ChatScreen, path: str) -> None:
    """Put a file into the message; asks for the path where none is given."""

    def take(given: str | None) -> None:
        if not given:
            return
        try:
            screen.prompt.take_file(_pasted_path(given))
        except WarmchatError as error:
            screen.chat_app.tell(error.message, error.hint, severity="error")

    if path:
        take(path)
    else:
        from warmchat.ui.pickers.path_form import PathForm

        screen.app.push_screen(PathForm("Attach a file as text", "Path of the file"), take)


def external_editor(screen: ChatScreen) -> None:
    """Go on writing the message in the user's own editor; marks of files and pastes stand in it as marks."""
    from textual.app import SuspendNotSupported

    from warmchat.ui.external_editor import edit_text

    app = screen.chat_app
    try:
        with app.suspend():
            text = edit_text(screen.prompt.text)
    except SuspendNotSupported:
        app.tell("This terminal cannot be lent to another program")
    except WarmchatError as error:
        app.tell(error.message, error.hint, severity="error")
    else:
        screen.prompt.rewrite(text.strip("\n"))


def sampling(screen: ChatScreen, words: str) -> None:
    """Change how the active voice draws from the next reply on, or say how it does."""
    from warmchat.ui.sampling import set_sampling

    app, session = screen.chat_app, screen.session
    if session is None:
        screen.say_no_session()
        return
    try:
        told = set_sampling(session, words)
    except WarmchatError as error:
        app.tell(error.message, error.hint, severity="warning")
    else:
        hint = "from the next reply on" if words else "/sampling temperature 0.3 changes it, /sampling off undoes it"
        app.tell(f"The {screen.look_of(session.profile.id).name.lower()} draws with {told}", hint)


def adapters(screen: ChatScreen) -> None:
    """Show the active voice's adapters and let their strengths be changed."""
    from warmchat.ui.adapters.panel import AdaptersPanel

    if screen.session is None:
        screen.say_no_session()
        return
    screen.steering.others = True
    screen.measure_context()

    def closed(_: None) -> None:
        screen.steering.others = False

    screen.app.push_screen(AdaptersPanel(screen.steering, screen.look_of(screen.session.profile.id)), closed)


def measured(screen: ChatScreen) -> None:
    """Show the last measurement of the loaded model; where none is loaded, the last one of any."""
    from warmchat.ui.evals.screen import EvalScreen

    services, info = screen.chat_app.services, screen.chat_app.seat.state.info
    model, name = (info.model, info.model_name) if info is not None else ("", "")
    screen.app.push_screen(EvalScreen(name, lambda: services.last_report(model)))


def choose_model(screen: ChatScreen) -> None:
    """Pick a model file from those on this machine, or type a path."""
    from warmchat.ui.pickers.picker import Picker
    from warmchat.ui.pickers.rows import model_rows

    app = screen.chat_app

    def take(path: str | None) -> None:
        if path:
            load_model(screen, path)

    app.push_screen(
        Picker(
            "Models on this machine",
            load=lambda: model_rows(app.services.find_models()),
            empty="No model was found. Type the path of a .gguf file above, or: warmchat models pull",
            typed="Path of a .gguf file",
        ),
        take,
    )


def load_model(screen: ChatScreen, path: str) -> None:
    """Load the model file whose path was typed."""
    try:
        screen.chat_app.load_model(_pasted_path(path))
    except PathError as error:
        screen.chat_app.tell(error.message, error.hint, severity="error")


def choose_profile(screen: ChatScreen) -> None:
    """Pick the voice that speaks next; edit it first, or try it."""
    from warmchat.ui.profiles.screen import ProfilesScreen

    app = screen.chat_app

    def take(profile_id: str | None) -> None:
        if profile_id:
            screen.speak_as(profile_id)

    if screen.session is None:
        screen.say_no_session()
        return
    now = screen.session.profile.id
    app.push_screen(ProfilesScreen(app.services.profile_files, chosen=now), take)


def export(screen: ChatScreen, what: str) -> None:
    """Write the session to a file; asks for format and path where they are not given."""
    from warmchat.ui.exporting import export_in_thread
    from warmchat.ui.pickers.export_form import ExportForm
    from warmchat.ui.services import ExportAsked

    app, session = screen.chat_app, screen.session
    if session is None or not session.turns:
        app.tell("There is nothing to export yet")
        return
    session_id = session.id

    def take(asked: ExportAsked | None) -> None:
        if asked is not None:
            export_in_thread(app, asked, lambda asked: app.services.export(session_id, asked))

    form, _, path = what.partition(" ")
    if path and form in FORMATS:
        try:
            take(ExportAsked(form, _pasted_path(path)))
        except PathError as error:
            app.tell(error.message, error.hint, severity="error")
    elif what and form not in FORMATS:
        app.tell(f"{one_line(form, 20)} is no export format", f"there are: {', '.join(FORMATS)}", severity="warning")
    else:
        app.push_screen(ExportForm(export_stem(session_id), form or FORMATS[0]), take)


def _pasted_path(path: str) -> Path:
    """A path as terminals paste it: in quotes, or with its blanks escaped. Raises `PathError`."""
    path = path.strip()
    if len(path) > 1 and path[0] == path[-1] and path[0] in "'\"":
        return typed_path(path[1:-1])
    found = typed_path(path)
    return found if found.exists() else typed_path(path.replace("\\ ", " "))
