"""What comes of what is written: a message goes to the session, a line that begins with a slash is a command."""

from __future__ import annotations

from warmchat.domain.text import one_line
from warmchat.ui.chat.prompt import Prompt
from warmchat.ui.chat.turn_deeds import TurnDeeds
from warmchat.ui.keymap import first_key
from warmchat.ui.keys import COMMANDS


class Writing(TurnDeeds):
    """What the prompt tells the chat screen. A base of `ChatScreen`."""

    def __init__(self) -> None:
        super().__init__()
        self._held: str | None = None  # written before there was a session to give it to

    async def on_prompt_sent(self, event: Prompt.Sent) -> None:
        written = event.written.rstrip()  # a blank before the slash makes it text
        word, _, argument = written.partition(" ")
        if word.startswith("/") and "/" not in word[1:] and "\n" not in written:
            await self._command(word[1:].lower(), argument.strip())
            return
        await self.send(event.text)

    async def _command(self, name: str, argument: str) -> None:
        deed = COMMANDS.get(name)
        if deed is None:
            self._chat.chat_app.tell(
                f"There is no command /{one_line(name, 30)}",
                f"{first_key('help')} lists them; to send the line as it is, begin with a space", severity="warning",
            )  # fmt: skip
            return
        self._chat.prompt.clear_written()
        if deed.argument and argument:
            await getattr(self, f"action_{deed.action}")(argument)
        else:
            await self.run_action(deed.action)

    async def send(self, text: str) -> None:
        """Send a message, or keep it where that cannot be done now."""
        chat = self._chat
        if chat.flow.replying:
            chat.chat_app.tell("A reply is still coming", f"{first_key('stop-the-reply')} stops it; then Enter sends")
            return
        if chat.still_opening:
            self._hold(text)
            return
        if chat.session is None:
            chat.say_no_session()
            return
        chat.recall.add(text)
        chat.prompt.clear_written()
        await chat.flow.send(chat.session, text, instead_of=chat.editing.take())

    def _hold(self, text: str) -> None:
        """Keep a message until there is a session for it; a second one stays where it is written."""
        chat = self._chat
        if self._held is not None:
            chat.chat_app.tell("The message before this one still waits for the session")
            return
        self._held = text
        chat.recall.add(text)
        chat.prompt.clear_written()
        chat.chat_app.tell("Kept: it is sent as soon as the session is open")

    def give_back_held(self) -> None:
        """The session could not be opened: the message goes back to where it was written."""
        text, self._held = self._held, None
        if text is not None and not self._chat.prompt.text:
            self._chat.prompt.put(text)

    def send_held(self) -> None:
        """Send what was written before there was a session, once there is one."""
        session = self._chat.session
        if self._held is not None and session is not None and not self._chat.still_opening:
            text, self._held = self._held, None
            self.call_next(self._chat.flow.send, session, text)  # what was written since stays where it is

    def on_prompt_help_asked(self) -> None:
        self._chat.action_help()

    def on_prompt_enter_on_nothing(self) -> None:
        if self._chat.transcript.chosen is not None:
            self._chat.transcript.chosen.unfold()

    def on_prompt_scrolled(self, event: Prompt.Scrolled) -> None:
        self._chat.transcript.scroll_relative(y=event.lines, animate=False)

    def on_prompt_mark_broken(self, event: Prompt.MarkBroken) -> None:
        self._chat.chat_app.tell(
            f"{event.mark} was edited, so it would not be sent whole", "Ctrl+Z brings it back", severity="warning"
        )
