"""What can be done on each screen: one table from which key bindings, slash commands, palette and help are made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual.binding import Binding

from warmchat.ui.marks import TAKES
from warmchat.ui.sampling import TAKES as SAMPLING


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the user can do.

    Attributes:
        title: short, as the palette shows it.
        keys: Textual's names, comma-separated; empty where only a command or a widget does it.
        shown: the keys as people write them.
        action: name of the screen's action; empty where a widget handles the key itself.
        command: slash command without the slash; empty where there is none.
        argument: what the command takes, for the help.
        more: a word more for the help.
    """

    group: str
    title: str
    shown: str
    keys: str = ""
    action: str = ""
    command: str = ""
    argument: str = ""
    more: str = ""

    @property
    def name(self) -> str:
        """Its title as the setting `keys` has it: ``switch-voice``. Deeds of one title share their keys."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower().replace("’", "")).strip("-")


CHAT: tuple[Deed, ...] = (
    Deed("Writing", "Send the message", "Enter"),
    Deed("Writing", "New line", "Ctrl+J, Alt+Enter", more="or Shift+Enter, where terminals send it"),
    Deed("Writing", "Attach a file as text", "Ctrl+T", "ctrl+t", "attach", "attach", "[PATH]"),
    Deed("Writing", "Message before, message after", "Alt+P, Alt+N", more="of what you wrote, ever"),
    Deed("Writing", "Write in your editor", "Alt+X", "alt+x", "external_editor", "editor", more="$VISUAL or $EDITOR"),
    Deed("Writing", "Edit a message", "Alt+E", "alt+e", "edit", "edit", more="and go on from there, on a branch"),
    Deed("Writing", "Make the reply again", "Ctrl+R", "ctrl+r", "ask_again", "again", more="with another draw"),
    Deed("Writing", "Go on with a cut reply", "Alt+C", "alt+c", "go_on", "continue"),
    Deed("Writing", "Stop the reply", "Esc", "escape", "stop", more="what came of it is kept"),
    Deed("Voices", "Switch voice", "F2, Ctrl+O", "f2,ctrl+o", "switch_voice", "switch", more="for the next turn"),
    Deed("Voices", "Profiles", "F6", "f6", "profile", "profile", "[ID]", more="choose, read, edit, try, import"),
    Deed("Voices", "Choose a model", "F3", "f3", "model", "model", "[FILE.gguf]"),
    Deed("Voices", "Colder", "Alt+-", "alt+minus", "colder", more="one step of the warmth dial"),
    Deed("Voices", "Warmer", "Alt+=, Alt++", "alt+equals_sign,alt+plus", "warmer"),
    Deed("Voices", "Warmth dial", "", "", "warmth", "warmth", "[-1..1|off]", more="off: as the profile says"),
    Deed("Voices", "Sampling", "", "", "sampling", "sampling", SAMPLING, more="such as temperature 0.3, or off"),
    Deed("Voices", "Adapters", "Ctrl+L", "ctrl+l", "adapters", "adapters", more="their strengths, live"),
    Deed("Checking", "Side by side", "F4, Ctrl+D", "f4,ctrl+d", "side_by_side", "compare", more="or click the strip"),
    Deed("Checking", "All disagreements", "F12, Alt+D", "f12,alt+d", "flags", "flags", more="with filters"),
    Deed("Checking", "Check now", "F5", "f5", "check_now", "check", more="a turn that was not compared"),
    Deed("Checking", "Ask another voice", "Alt+A", "alt+a", "ask_other", "other", "[ID]",
         more="about a past turn, beside its reply"),
    Deed("Checking", "Mark a turn", "Alt+W", "alt+w", "mark", "mark", TAKES, more="which of the two is right"),
    Deed("Checking", "What it costs in truth", "Alt+M", "alt+m", "measured", "measured", more="as last measured"),
    Deed("Reading", "Turn before, turn after", "Ctrl+Up, Ctrl+Down",
         more="what is done to a turn then means it"),
    Deed("Reading", "Unfold the chosen turn", "Enter", more="with nothing written: thinking, long messages"),
    Deed("Reading", "Scroll", "PgUp, PgDn", more="Ctrl+Home and Ctrl+End go all the way"),
    Deed("Reading", "Branch before", "Alt+Left", "alt+left", "branch_before"),
    Deed("Reading", "Branch after", "Alt+Right", "alt+right", "branch_after", "branch"),
    Deed("Reading", "Copy the reply", "Ctrl+G", "ctrl+g", "copy_reply", "copy"),
    Deed("Reading", "Copy a block of code", "Alt+G", "alt+g", "copy_code", "code"),
    Deed("Reading", "Follow a link", "Alt+O", "alt+o", "open_link", "link", more="or click it: it is shown whole"),
    Deed("Reading", "Copy as Markdown", "", "", "copy_markdown", "markdown", more="the chosen turn, or all"),
    Deed("Session", "Off the record", "F9", "f9", "off_record", "offrecord", more="nothing is written while it is on"),
    Deed("Session", "Sessions: search, go on, rename, delete", "F7", "f7", "sessions", "sessions"),
    Deed("Session", "New session", "Ctrl+N", "ctrl+n", "new_session", "new"),
    Deed("Session", "Export this session", "F8", "f8", "export", "export", "[md|html|jsonl|csv [PATH]]"),
    Deed("Session", "Light or dark", "", "", "app.swap_theme", "theme"),
    Deed("Session", "Help", "F1, ?", "f1", "help", "help", more="? on an empty line"),
    Deed("Session", "Everything by name", "Ctrl+P"),
    Deed("Session", "Quit", "Ctrl+Q, Ctrl+C twice", "", "app.quit", "quit"),
)  # fmt: skip

# Keys that need no line of their own in the palette.
MOVING: tuple[tuple[str, str], ...] = (
    ("ctrl+up,alt+up", "walk(-1)"),
    ("ctrl+down,alt+down", "walk(1)"),
    ("pageup", "page(-1)"),
    ("pagedown", "page(1)"),
    ("ctrl+home", "to_start"),
    ("ctrl+end", "to_end"),
    ("alt+p", "recall(-1)"),
    ("alt+n", "recall(1)"),
)

PANEL: tuple[Deed, ...] = (
    Deed("Side by side", "Next parting", "n", "n", "walk(1)"),
    Deed("Side by side", "Parting before", "p", "p", "walk(-1)"),
    Deed("Side by side", "Mark it", "w", "w", "mark", more="which of the two is right, and why"),
    Deed("Side by side", "Signals and score", "s", "s", "signals",
         more="what the verdict was computed from, how the replies were made"),
    Deed("Side by side", "Heat", "h", "h", "heat", more="how surprised the reference was, word by word"),
    Deed("Side by side", "The answers alone", "f", "f", "alone", more="they fill the screen; again brings all back"),
    Deed("Side by side", "Scroll", "Up, Down, PgUp, PgDn",
         more="both answers move together; Home and End go all the way"),
    Deed("Side by side", "Scroll the tables instead", "Tab", "tab", "turn_to_tables",
         more="with signals and score on the screen"),
    Deed("Side by side", "Help", "F1, ?", "f1,question_mark", "help"),
    Deed("Side by side", "Back to the chat", "Esc, q, F4", "escape,q,f4,ctrl+d", "leave"),
)  # fmt: skip

OTHER: tuple[Deed, ...] = (
    Deed("Another voice", "Keep the reply", "1", "1", "keep_first", more="the other answer stays beside it"),
    Deed("Another voice", "Keep the other answer", "2", "2", "keep_second",
         more="on a branch of its own where something was said after it"),
    Deed("Another voice", "Ask yet another voice", "v", "v", "another"),
    Deed("Another voice", "The next answer", "a", "a", "next_answer", more="where several voices were asked"),
    *(deed for deed in PANEL if deed.action != "leave"),
    Deed("Side by side", "Back to the chat", "Esc, q, Alt+A", "escape,q,alt+a", "leave",
         more="an answer that is coming is stopped first"),
)  # fmt: skip

# Keys of the side-by-side view that move what stands there.
PANEL_MOVING: tuple[tuple[str, str], ...] = (
    ("up,k", "scroll(-1)"),
    ("down,j", "scroll(1)"),
    ("pageup", "page(-1)"),
    ("pagedown,space", "page(1)"),
    ("home", "all_the_way(-1)"),
    ("end", "all_the_way(1)"),
)

ADAPTERS: tuple[Deed, ...] = (
    Deed("Adapters", "Choose one", "Up, Down"),
    Deed("Adapters", "Weaker", "Left", "left", "step(-1)", more="an eighth of its range"),
    Deed("Adapters", "Stronger", "Right", "right", "step(1)"),
    Deed("Adapters", "Type a strength", "0-9 . + -, Enter", "enter", "enter", more="the raw strength; 0 is off"),
    Deed("Adapters", "As the profile’s file says", "r", "r", "reset"),
    Deed("Adapters", "All as the file says", "R", "R,shift+r", "reset_all"),
    Deed("Adapters", "Help", "F1, ?", "f1,question_mark", "help"),
    Deed("Adapters", "Back to the chat", "Esc, Ctrl+L", "escape,ctrl+l", "leave"),
)

PROFILES: tuple[Deed, ...] = (
    Deed("Profiles", "Choose one", "Up, Down"),
    Deed("Profiles", "Let it speak next", "Enter"),
    Deed("Profiles", "Edit here", "e", "e", "edit", more="of a shipped one, your own copy"),
    Deed("Profiles", "Edit in your editor", "E", "E,shift+e", "external", more="$VISUAL or $EDITOR"),
    Deed("Profiles", "Try it", "t", "t", "try", more="beside the reference, on a message of yours"),
    Deed("Profiles", "Differences from the shipped one", "d", "d", "differences"),
    Deed("Profiles", "New", "n", "n", "new"),
    Deed("Profiles", "Duplicate", "c", "c", "duplicate"),
    Deed("Profiles", "Import", "i", "i", "import", more="aichat role, agent, llm template, character card"),
    Deed("Profiles", "Export for another program", "x", "x", "export"),
    Deed("Profiles", "Help", "F1, ?", "f1,question_mark", "help"),
    Deed("Profiles", "Back to the chat", "Esc, q, F6", "escape,q,f6", "leave"),
)

EDITOR: tuple[Deed, ...] = (
    Deed("Profile", "Save", "F2, Ctrl+S", "f2,ctrl+s", "save", more="of a shipped profile, your own copy"),
    Deed("Profile", "Try the draft", "F5", "f5", "try", more="beside what is saved, on a message of yours"),
    Deed("Profile", "Differences", "F4", "f4", "differences", more="from the shipped file, or from what is saved"),
    Deed("Profile", "Go to the mistake", "F8", "f8", "to_mistake"),
    Deed("Profile", "Go on in your editor", "Alt+X", "alt+x", "external", more="$VISUAL or $EDITOR"),
    Deed("Profile", "Help", "F1", "f1", "help"),
    Deed("Profile", "Back", "Esc", "escape", "leave"),
)

FLAGS: tuple[Deed, ...] = (
    Deed("Disagreements", "Choose one", "Up, Down"),
    Deed("Disagreements", "Both answers side by side", "Enter"),
    Deed("Disagreements", "Open the conversation there", "o", "o", "conversation"),
    Deed("Disagreements", "Export what is listed", "e", "e", "export", more="JSON Lines, CSV, Markdown, HTML"),
    Deed("Disagreements", "Mark it", "w", "w", "mark", more="which of the two is right, and why"),
    Deed("Disagreements", "Show or hide the course over time", "s", "s", "course"),
    Deed("Narrow the list", "By verdict", "l", more="with Shift the other way round, as all below"),
    Deed("Narrow the list", "By kind", "k"),
    Deed("Narrow the list", "By who bent to what you said", "d"),
    Deed("Narrow the list", "By score", "c"),
    Deed("Narrow the list", "By stakes", "t", more="your message speaks of health, money, law or safety"),
    Deed("Narrow the list", "By voice", "v"),
    Deed("Narrow the list", "By model", "m"),
    Deed("Narrow the list", "By age", "a"),
    Deed("Narrow the list", "From a day to a day", "f", "f", "days", more="2026-03-04, monday, 3 weeks ago"),
    Deed("Narrow the list", "By your mark", "r"),
    Deed("Narrow the list", "All again", "x", "x", "clear"),
    Deed("Disagreements", "Help", "F1, ?", "f1,question_mark", "help"),
    Deed("Disagreements", "Back to the chat", "Esc, q, F12", "escape,q,f12", "leave"),
)

# Bound, not left to widgets: a widget takes its keys later than a screen takes its own, and a number that is typed fast
# would go to the wrong adapter or lose its end.
_OF_A_NUMBER = {"full_stop": ".", "comma": ",", "minus": "-", "plus": "+", **{digit: digit for digit in "0123456789"}}
ADAPTERS_MOVING: tuple[tuple[str, str], ...] = (
    ("up", "choose(-1)"),
    ("down", "choose(1)"),
    ("backspace", "rub_out"),
    *((key, f"type({character!r})") for key, character in _OF_A_NUMBER.items()),
)

SESSIONS: tuple[Deed, ...] = (
    Deed("Sessions", "Search in all that was said", "just type"),
    Deed("Sessions", "Choose one", "Up, Down", "up", "move(-1)", more="PgUp and PgDn by pages"),
    Deed("Sessions", "Go on with it", "Enter", "enter", "go_on", more="where something was found, at that place"),
    Deed("Sessions", "Rename", "F2", "f2", "rename"),
    Deed("Sessions", "Put away, bring back", "Ctrl+S", "ctrl+s", "put_away"),
    Deed("Sessions", "Those that were put away", "Tab", "tab", "other_list", more="and back"),
    Deed("Sessions", "Delete", "Ctrl+D", "ctrl+d", "delete", more="gone for good when this list is left"),
    Deed("Sessions", "Bring back what was deleted", "Ctrl+Z", "ctrl+z", "undo"),
    Deed("Sessions", "New session", "Ctrl+N", "ctrl+n", "new"),
    Deed("Sessions", "Help", "F1", "f1", "help"),
    Deed("Sessions", "Back", "Esc", "escape", "leave", more="first out of a search"),
)  # fmt: skip

SESSIONS_MOVING: tuple[tuple[str, str], ...] = (("down", "move(1)"), ("pageup", "page(-1)"), ("pagedown", "page(1)"))

COMMANDS: dict[str, Deed] = {deed.command: deed for deed in CHAT if deed.command}


def bindings(deeds: tuple[Deed, ...]) -> list[Binding]:
    """Bindings for a screen. They go before those of the focused widget: the text box knows F6 and Ctrl+D too."""
    return [
        Binding(d.keys, d.action, d.title, show=False, priority=True, id=d.name) for d in deeds if d.keys and d.action
    ]


def moving_bindings(moving: tuple[tuple[str, str], ...] = MOVING) -> list[Binding]:
    """Bindings that move what a screen shows, whatever has the focus."""
    return [Binding(keys, action, show=False, priority=True) for keys, action in moving]
