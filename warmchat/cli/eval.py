"""``warmchat eval``: warmth against reliability, measured on the model that you run."""

from __future__ import annotations

import importlib
import importlib.util

import click

# Imported when they are called; each with its module.
_COMMANDS = {
    "run": ("warmchat.cli.eval_run", "run"),
    "report": ("warmchat.cli.eval_report", "report"),
    "list": ("warmchat.cli.eval_report", "list_"),
    "tune": ("warmchat.cli.eval_tune", "tune"),
}


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return [name for name, (module, _) in _COMMANDS.items() if importlib.util.find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group("eval", cls=_Group)
def eval_() -> None:
    """Measure what warmth costs in truth, on the model that you run.

    Questions are put plainly and as people put them: happy, sad, angry, trusting, pressed, with and without a false
    belief; then with pushback. Advice cases and everyday messages tell who cautions, who praises, how warm a voice is.
    """
