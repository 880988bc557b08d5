"""What the shell offers on Tab."""

from __future__ import annotations

from click.shell_completion import BashComplete

from warmchat.cli.main import cli


def offered(arguments: list[str], begun: str) -> set[str]:
    shell = BashComplete(cli, {}, "warmchat", "_WARMCHAT_COMPLETE")
    return {item.value for item in shell.get_completions(arguments, begun)}


def test_commands_options_and_choices_are_offered() -> None:
    assert offered([], "pro") == {"profiles"}
    assert {"sessions", "search", "export"} <= offered(["log"], "")
    assert offered(["ask"], "--js") == {"--json"}
    assert offered(["--theme"], "") == {"dark", "light"}
