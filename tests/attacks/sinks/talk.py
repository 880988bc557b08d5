"""Sinks of a talk without a screen: `ask` on a terminal with a hostile server behind it, and the chat line by line."""

from __future__ import annotations

import contextlib
from pathlib import Path
from unittest import mock

from tests.attacks.sinks.case import Sink, harmless, on_a_terminal, run_on_terminal
from tests.attacks.sinks.screens import HostileDetector, HostileWorld
from tests.engine.remote.fake_server import Exchange, FakeServer, reply, status
from warmchat.ui.plain.chat import PlainChat
from warmchat.ui.plain.console import Console

COMMANDS = (
    "/companion", "{}", "/compare", "/other", "/keep", "/mark both fine {}", "/mark", "/voices", "/sessions",
    "/adapters", "/model", "/warmth", "/resume {}", "/profile {}", "/attach {}", "/export md {}", "/export {}", "/{}",
    "/new", "/help",
)  # fmt: skip


def line_by_line(text: str, folder: Path) -> None:
    """A chat in which names, messages, replies, verdicts, notes and errors are hostile."""
    for fails in (False, True):
        with on_a_terminal() as told:
            _chat(HostileWorld(text, fails=fails), text)
        harmless(told())


def _chat(world: HostileWorld, text: str) -> None:
    import sys

    one_line = text.replace("\n", " ").replace("\r", " ")
    lines = [command.replace("{}", one_line) for command in COMMANDS]

    def read(prompt: str) -> str:
        sys.stdout.write(prompt)
        if not lines:
            raise EOFError
        return lines.pop(0)

    services = world.services()
    chat = PlainChat(services, Console(read, sys.stdout, sys.stderr, interactive=True))
    chat.session._checker._detector = HostileDetector(text)
    chat.run()


def from_a_server(text: str, folder: Path) -> None:
    """What a server says: as a reply, as the name of its model, as an error before and in the middle of a reply."""

    def breaks_off(exchange: Exchange) -> None:
        exchange.begin()
        exchange.say(text)
        exchange.value({"error": {"message": text, "type": text, "code": text}})
        exchange.end(None)

    with contextlib.closing(FakeServer()) as server, mock.patch("time.sleep"):
        there = ("--data-dir", str(folder), "--remote", server.url)
        server.models = {"object": "list", "data": [{"id": text or "x", "object": "model"}]}
        refuses = status(400, {"error": {"message": text}}), status(404, {"detail": text})
        for script in (reply(text), breaks_off, *refuses):
            server.chats = [script] * 4
            run_on_terminal(*there, "ask", "hi")
            server.chats = [script] * 4
            run_on_terminal(*there, "ask", "--json", "hi")
        run_on_terminal("--data-dir", str(folder), "log", "show")
        for answer in (status(500, {"error": {"message": text}}), status(401, {"error": text})):
            server.routes["/v1/models"] = answer
            run_on_terminal(*there, "ask", "hi")


SINKS = (Sink("line by line", line_by_line), Sink("ask with a server", from_a_server))
