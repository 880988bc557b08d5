"""What a line that begins with a slash does in the line-based chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warmchat.domain.errors import NotFound, SettingsError, WarmchatError
from warmchat.domain.paths import typed_path
from warmchat.domain.text import one_line
from warmchat.domain.turn import Turn
from warmchat.ui.attach import file_enclosure
from warmchat.ui.beside import other_than
from warmchat.ui.marks import TAKES
from warmchat.ui.plain.anew import AnewCommands
from warmchat.ui.plain.beside import NO_OTHER, BesideCommands
from warmchat.ui.plain.words import adapters_told, compared
from warmchat.ui.sampling import TAKES as SAMPLING
from warmchat.ui.sampling import set_sampling
from warmchat.ui.services import ExportAsked
from warmchat.ui.words import dial_words, export_stem, turn_words

if TYPE_CHECKING:
    from warmchat.ui.plain.chat import PlainChat

FORMATS = ("md", "html", "jsonl", "csv")
SESSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: what it takes, what it does in one sentence, and the deed."""

    argument: str
    does: str
    run: Callable[[str], None]


class Commands:
    """The commands of one chat. The id of any profile is a command too: it switches the voice."""

    def __init__(self, chat: PlainChat) -> None:
        self._chat = chat
        anew, beside = AnewCommands(chat, self._last), BesideCommands(chat, self._last)
        self._table = {
            "help": Command("", "lists the commands", self._help),
            "voices": Command("", "lists the voices; /oracle, /companion or another id switches", self._voices),
            "switch": Command("", "switches to the other voice", self._switch),
            "profile": Command("ID", "lets this profile speak from the next message on", self._profile),
            "warmth": Command("[-1..1|off]", "turns the warmth dial, or says where it stands", self._warmth),
            "sampling": Command(SAMPLING, "changes how the voice draws (temperature 0.3, or off), or says it",
                                self._sampling),
            "adapters": Command("[NAME STRENGTH]", "lists the voice's adapters, or sets a strength", self._adapters),
            "compare": Command("", "reads out both answers of the last turn and where they part", self._compare),
            "check": Command("", "compares the last turn where it was not compared", self._check),
            "other": Command("[ID]", "lets another voice answer the last message too", beside.other),
            "keep": Command("", "makes that answer the reply", beside.keep),
            "mark": Command(TAKES, "marks which answer of the last turn is right, or says it", beside.mark),
            "edit": Command("TEXT", "sends this in place of your last message", anew.edit),
            "again": Command("", "makes the last reply again, with another draw", anew.again),
            "continue": Command("", "goes on with a reply that was cut", anew.go_on),
            "attach": Command("PATH", "sends the text of a file with the next message", self._attach),
            "export": Command("[md|html|jsonl|csv [PATH]]", "writes this session to a file", self._export),
            "sessions": Command("", "lists the newest sessions", self._sessions),
            "resume": Command("ID", "goes on with a session", self._resume),
            "new": Command("", "begins a new session", self._new),
            "offrecord": Command("", "writes nothing from now on, or writes again", self._off_record),
            "model": Command("[FILE.gguf]", "loads another model, or says which is loaded", self._model),
            "quit": Command("", "leaves", self._quit),
        }

    def run(self, name: str, argument: str) -> None:
        """Do what the line says. Raises `WarmchatError`."""
        command = self._table.get(name)
        if command is not None:
            command.run(argument)
        elif name in self._chat.services.profiles.ids():
            self._profile(name)
        else:
            raise NotFound(
                f"There is no command /{one_line(name, 30)}",
                "/help lists them; to send the line as it is, begin with a blank",
            )

    # ---- deeds

    def _say(self, text: str) -> None:
        self._chat.console.say(text)

    def _help(self, _: str) -> None:
        for name, command in self._table.items():
            self._say(f"/{name} {command.argument}".rstrip() + f": {command.does}.")
        self._say("A line that ends with a backslash goes on in the next. Ctrl+C stops a reply, Ctrl+D leaves.")

    def _voices(self, _: str) -> None:
        active = self._chat.session.profile.id
        for profile in self._chat.services.profiles.all():
            speaks = ", speaks now" if profile.id == active else ""
            self._say(f"/{profile.id}{speaks}: {one_line(profile.description, 200) or 'no description'}")

    def _switch(self, _: str) -> None:
        session, ids = self._chat.session, self._chat.services.profiles.ids()
        other = other_than(session.profile.id, ids, session.rules.reference)
        if other is None:
            raise NotFound(*NO_OTHER)
        self._profile(other)

    def _profile(self, profile_id: str) -> None:
        if not profile_id:
            self._voices("")
            return
        session = self._chat.session
        session.switch_profile(profile_id)
        checked = session.rules.shadow != "off" and profile_id != session.rules.reference
        what = f" It is a program; each reply is checked against the {self._chat.reference.lower()}."
        self._say(f"{self._chat.voice} speaks from now on.{what if checked else ''}")

    def _warmth(self, words: str) -> None:
        session = self._chat.session
        if words:
            session.turn_dial(None if words.lower() == "off" else _number(words))
        setting = session.setting()
        if setting.dial is None:
            missing = next((s.missing for s in setting.states if s.driven and s.missing is not None), None)
            raise SettingsError(*(missing or ("This model takes no adapters, so there is no dial", "")))
        own = dial_words(setting.own_dial)
        self._say(f"The warmth dial stands at {dial_words(setting.dial)}; the file says {own}.")

    def _sampling(self, words: str) -> None:
        self._say(f"{self._chat.voice} draws with {set_sampling(self._chat.session, words)}.")

    def _adapters(self, words: str) -> None:
        session = self._chat.session
        setting = session.setting(others=True)
        if words:
            name, _, strength = words.rpartition(" ")
            state = next((s for s in setting.states if s.name == name.strip() and s.found is not None), None)
            if state is None:
                raise NotFound(f"There is no adapter {one_line(name or words, 60)!r} here", "/adapters NAME STRENGTH")
            session.set_strength(state.key, state.checked(_number(strength)))
            setting = session.setting(others=True)
        for line in adapters_told(setting):
            self._say(line)

    def _last(self) -> Turn:
        turns = self._chat.session.turns
        if not turns:
            raise NotFound("There is no turn yet", "write a message first")
        return turns[-1]

    def _compare(self, _: str) -> None:
        turn = self._last()
        shadow = turn.shadow.profile if turn.shadow is not None else self._chat.session.rules.reference
        names = {"voice": self._chat.name_of(turn.profile), "reference": self._chat.name_of(shadow)}
        for line in compared(turn, **names):
            self._say(line)

    def _check(self, _: str) -> None:
        turn = self._last()
        if turn.reply is None or not turn.reply.text.strip():
            raise NotFound("There is no reply to check")
        if turn.verdict is not None and turn.verdict.label != "unjudged":
            raise WarmchatError("This turn was checked already", "/compare reads both answers out")
        self._chat.check(turn)

    def _attach(self, path: str) -> None:
        enclosure = file_enclosure(typed_path(path), 1)
        self._chat.enclosed = "\n\n".join(part for part in (self._chat.enclosed, enclosure.text) if part)
        self._say(f"{enclosure.mark[1:-1]} goes with the next message.")

    def _export(self, words: str) -> None:
        form, _, path = words.partition(" ")
        if form and form not in FORMATS:
            raise NotFound(f"{one_line(form, 20)} is no export format", f"there are: {', '.join(FORMATS)}")
        session, form = self._chat.session, form or FORMATS[0]
        if not session.turns:
            raise NotFound("There is nothing to export yet", "write a message first")
        target = typed_path(path.strip() or f"{export_stem(session.id)}.{form}")
        if target.exists():
            raise WarmchatError(f"{one_line(str(target), 120)} exists", "name another file: /export md PATH")
        asked = ExportAsked(form, target)
        self._say(f"Exported to {self._chat.services.export(session.id, asked)}.")

    def _sessions(self, _: str) -> None:
        found = self._chat.services.log().sessions(SESSIONS_SHOWN, archived=False)
        for session in found:
            flags = f", {session.disagreements} flagged" if session.disagreements else ""
            title = one_line(session.title, 100) or "untitled"
            self._say(f"{session.id}: {title}, {turn_words(session.turns)}{flags}.")
        self._say("/resume ID goes on with one." if found else "The log holds no sessions yet.")

    def _resume(self, wanted: str) -> None:
        ids = [s.id for s in self._chat.services.log().sessions() if wanted and s.id.startswith(wanted.lower())]
        if len(ids) != 1:
            many = "begins more than one session" if ids else "begins no session"
            raise NotFound(f"{one_line(wanted, 30)!r} {many}", "/sessions lists them")
        self._chat.go_on_with(ids[0])
        turns = turn_words(len(self._chat.session.turns))
        self._say(f"You are back in a session of {turns}. {self._chat.voice} speaks.")
        for turn in self._chat.session.turns[-1:]:
            self._chat.tell_end(turn)

    def _new(self, _: str) -> None:
        self._chat.go_on_with(None)
        self._say(f"A new session. {self._chat.voice} speaks.")

    def _off_record(self, _: str) -> None:
        session = self._chat.session
        if not self._chat.services.settings.log:
            raise WarmchatError("Nothing is written in this run: the log is off")
        session.off_record = not session.off_record
        self._say("Off the record: nothing is written from now on." if session.off_record else "On the record again.")

    def _model(self, path: str) -> None:
        if path:
            self._chat.load_model(typed_path(path))
        if self._chat.engine is None:
            raise NotFound("There is no model", "/model FILE.gguf loads one")
        info = self._chat.engine.describe()
        self._say(f"Model: {one_line(info.model_name, 80)}, a window of {info.n_ctx:,} tokens.")

    def _quit(self, _: str) -> None:
        self._chat.leaving = True


def _number(words: str) -> float:
    try:
        return float(words.replace(",", "."))
    except ValueError as error:
        raise SettingsError(f"{one_line(words, 20)!r} is not a number", "such as 0.5, -0.25 or 0") from error
