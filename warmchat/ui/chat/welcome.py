"""What stands where the conversation will be: what one can do, or what is missing and what to type."""

from __future__ import annotations

from textual.content import Content

from warmchat.domain.text import one_line, printable
from warmchat.ui.bounded import beginning
from warmchat.ui.keymap import first_key
from warmchat.ui.model_seat import ModelState
from warmchat.ui.voice_look import VoiceLook

Part = str | tuple[str, str]
LONGEST = 2_000  # characters of why a model could not be loaded


def welcome_text(state: ModelState, reference: VoiceLook, others: list[VoiceLook]) -> Content:
    """The words for a conversation that has no turns yet."""
    match state.status:
        case "none":
            return Content.assemble(*_no_model())
        case "failed":
            return Content.assemble(*_failed(state))
        case "starting":
            return Content.assemble(("Starting …", "bold"), "\nYou can write already.\n")
        case "loading":
            first: list[Part] = [(f"Loading {state.name} …", "bold"), "\nYou can write already.\n\n"]
        case "ready":
            first = []
    return Content.assemble(*first, *_voices(reference, others))


def trouble_line(state: ModelState) -> str:
    """One line above the prompt while there is no model and the conversation fills the screen; else ""."""
    match state.status:
        case "none":
            return f"No model: {_choose()} chooses one, or: warmchat models pull"
        case "failed":
            return f"The model could not be loaded: {one_line(state.message, 120)} · {_choose()} chooses another"
        case _:
            return ""


def _choose() -> str:
    return first_key("choose-a-model")


def _no_model() -> list[Part]:
    return [
        ("There is no model to answer yet.\n\n", "bold"),
        (_choose(), "bold"), "   choose one that is on this machine, or type its path\n\n",
        f"or leave with {first_key('quit')} and type\n\n",
        ("  warmchat models pull", "bold"), "          fetch the small starter model\n",
        ("  warmchat --model FILE.gguf", "bold"), "    use a file of your own\n",
    ]  # fmt: skip


def _failed(state: ModelState) -> list[Part]:
    hint: list[Part] = [beginning(printable(state.hint), characters=LONGEST), "\n\n"] if state.hint else ["\n"]
    return [
        (f"{state.name} could not be loaded\n\n", "bold $said-disagree"),
        beginning(printable(state.message), characters=LONGEST), "\n", *hint,
        (_choose(), "bold"), "   choose another model\n",
    ]  # fmt: skip


def _voices(reference: VoiceLook, others: list[VoiceLook]) -> list[Part]:
    warm = others[0] if others else None
    parts: list[Part] = [(reference.name, reference.ink_style), " answers short and plain.\n"]
    if warm is not None:
        parts += [
            (warm.name, warm.ink_style),
            " is warm, and may tell you what you like to hear. So each time the\n"
            f"{reference.name.lower()} answers the same message unseen, and where the two part you are told.\n",
        ]
    named = [("switch-voice", "switch voice"), ("side-by-side", "both answers side by side"), ("help", "all keys")]
    keys = [*((first_key(name), does) for name, does in named), (first_key("quit"), "quit")]
    parts.append("\n")
    for key, does in keys:
        parts += [(f"{key:<8}", "bold"), does, "\n"]
    return parts
