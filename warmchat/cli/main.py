"""The program's own options, its command groups, and the one edge where errors become a line and an exit code."""

from __future__ import annotations

import errno
import importlib
import sys
from typing import Any

import click

from warmchat import __version__
from warmchat.domain.errors import WarmchatError
from warmchat.domain.text import one_line, printable
from warmchat.places import for_owner_alone

# Groups are imported when they are called: `warmchat ask` need not pay for the screens, nor completion for the engine.
COMMANDS = {
    "chat": "warmchat.cli.chat:chat",
    "ask": "warmchat.cli.ask:ask",
    "profiles": "warmchat.cli.profiles:profiles",
    "models": "warmchat.cli.models:models",
    "adapters": "warmchat.cli.adapters:adapters",
    "log": "warmchat.cli.log:log",
    "replay": "warmchat.cli.replay:replay",
    "compare": "warmchat.cli.compare:compare",
    "eval": "warmchat.cli.eval:eval_",
    "bench": "warmchat.cli.bench:bench",
    "doctor": "warmchat.cli.doctor.command:doctor",
}


class LazyGroup(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--model", type=click.Path(), help="GGUF file to run.")
@click.option("--remote", "remote_url", help="OpenAI-compatible server to use instead of a model file.")
@click.option("--profile", "-p", help="Profile that speaks first (oracle, companion, ...).")
@click.option("--profile-dir", type=click.Path(), help="Folder of profile files that is searched first.")
@click.option("--data-dir", type=click.Path(), help="Folder of the log and pulled models.")
@click.option("--ctx", "n_ctx", type=int, help="Context window in tokens; 0 chooses.")
@click.option("--threads", type=int, help="Threads of the engine; 0 chooses.")
@click.option("--gpu-layers", type=int, help="Layers kept on a GPU; -1: all that fit, 0: none.")
@click.option("--kv-type", type=click.Choice(["auto", "f16", "q8_0"]), help="What keys and values are kept in.")
@click.option("--flash-attention", type=click.Choice(["auto", "on", "off"]), help="On or off; q8_0 needs it.")
@click.option("--mmap", type=click.Choice(["auto", "on", "off"]), help="Map the weights instead of reading them.")
@click.option("--shadow", type=click.Choice(["other", "always", "off"]), help="When replies are checked.")
@click.option("--no-log", "log", flag_value=False, default=None, help="Write nothing.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="Colours of the TUI.")
@click.option("--plain", is_flag=True, default=None, help="Chat line by line, for screen readers and pipes.")
@click.option("--debug", is_flag=True, default=None, help="Show tracebacks of errors.")
@click.version_option(__version__, "-V", "--version", prog_name="warmchat")
@click.pass_context
def cli(context: click.Context, /, **options: Any) -> None:
    """Chat with a local model in two voices: a terse oracle, and a warm companion whose replies are checked.

    Without a command the chat opens. Settings may also stand in warmchat.toml or in WARMCHAT_* variables. Where
    something does not work, `warmchat doctor` says what is wrong.
    """
    context.obj = options
    if context.invoked_subcommand is None:
        from warmchat.cli.chat import chat

        context.invoke(chat)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code: 0 fine, 1 a failure (one line and a hint on stderr), 2 usage."""
    try:
        with for_owner_alone():
            code = cli.main(args=arguments, prog_name="warmchat", standalone_mode=False)
    except click.Abort:
        click.echo("Stopped.", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        if isinstance(error, click.NoSuchOption) and any(error.option_name in param.opts for param in cli.params):
            click.echo(f"  hint: {error.option_name} goes before the command: warmchat {error.option_name} …", err=True)
        return error.exit_code
    except WarmchatError as error:
        if _debug(arguments):
            raise
        click.echo(f"warmchat: {printable(error.message)}", err=True)
        if error.hint:
            click.echo(f"  hint: {printable(error.hint)}", err=True)
        return 1
    except OSError as error:
        if isinstance(error, BrokenPipeError):  # `warmchat log show ... | head`
            sys.stderr.close()
            return 0
        if error.errno != errno.ENAMETOOLONG:  # of an argument; pathlib says it at whatever it is asked first
            raise
        click.echo(f"warmchat: No file can be called {one_line(str(error.filename), 60)}", err=True)
        click.echo("  hint: a name has at most 255 bytes", err=True)
        return 1
    return code if isinstance(code, int) else 0  # where a command exits by itself, click returns its code


def _debug(arguments: list[str] | None) -> bool:
    return "--debug" in (sys.argv[1:] if arguments is None else arguments)
