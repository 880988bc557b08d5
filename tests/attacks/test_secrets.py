"""The key and the passwords of a server are in nothing that is written or printed, whatever the server does."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.remote.conftest import server as server  # noqa: PLC0414  a fixture, used by name
from tests.engine.remote.fake_server import Exchange, FakeServer, Script, reply
from warmchat.cli.main import main
from warmchat.places import config_folder
from warmchat.storage.exports.formats import FORMATS

KEY = "sk-quark7Strange-Charm.Beauty_Truth9"
PASSWORD = "muon-Tau~Neutrino55"
ASK = ("ask", "What is the capital of France?")
Run = Callable[..., str]


@pytest.fixture
def run(
    tmp_path: Path, in_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs a command and returns all that it printed, its traceback included; nothing may hold a secret at the end."""
    data = tmp_path / "home"
    monkeypatch.setenv("WARMCHAT_REMOTE_KEY", KEY)
    monkeypatch.setenv("HF_TOKEN", KEY)
    monkeypatch.setenv("WARMCHAT_MODEL", "none.gguf")  # where no server is meant
    leaks: list[str] = []

    def look(where: str, text: str) -> None:
        leaks.extend(f"{where}: ...{text[max(0, at - 90):at + 20]!r}"
                     for secret in (KEY, PASSWORD) if (at := text.find(secret)) >= 0)  # fmt: skip

    def one(*arguments: str, typed: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        end = ""
        try:
            main([*arguments])
        except BaseException as error:  # with --debug the traceback is the user's
            end = "".join(traceback.format_exception(error))
        said = "\n".join((*capfd.readouterr(), end))
        look(" ".join(arguments), said)
        return said

    yield one
    for file in (*data.rglob("*"), *Path.cwd().rglob("*")):
        if file.is_file() and file.name != "warmchat.toml":
            look(file.name, file.read_bytes().decode("latin-1"))
    assert leaks == []


def everything(run: Run, *options: str) -> None:
    """All that prints or keeps something about a server."""
    run("--debug", *options, *ASK, "--json")
    run(*options, *ASK)
    run(*options, "-p", "companion", "chat", "--plain", typed="Hello\n/export md talk.md\n/quit\n")
    run(*options, "doctor")
    run(*options, "doctor", "--json")
    for form in FORMATS:
        run("log", "export", "--all", "--format", form, "-o", f"all.{form}", "--force")


def shouting(code: int) -> Script:
    """A server that gives back all that it was sent."""

    def script(exchange: Exchange) -> None:
        exchange.json({"error": {"message": f"bad: {exchange.headers}", "param": KEY, KEY: 1}}, code,
                      x_key=KEY, location=f"/{KEY}", retry_after="0")  # fmt: skip

    return script


def breaking(exchange: Exchange) -> None:
    """An error in the stream that names the key."""
    exchange.begin()
    exchange.say("Paris")
    exchange.value({"error": {"message": f"lost {exchange.headers['authorization']}", "code": KEY}})
    exchange.cut()


def test_a_server_that_behaves(run: Run, server: FakeServer) -> None:
    everything(run, "--remote", server.url)
    assert all(f"Bearer {KEY}" == exchange.headers["authorization"] for exchange in server.asked)
    assert len(server.asked) >= 4


@pytest.mark.parametrize("code", [301, 400, 401, 404, 500])
def test_a_server_that_shouts(run: Run, server: FakeServer, code: int) -> None:
    server.chats = [shouting(code) for _ in range(40)]
    everything(run, "--remote", server.url)
    server.routes["/v1/models"] = shouting(code)
    run("--debug", "--remote", server.url, *ASK)
    run("--remote", server.url, "doctor", "--json")


def test_a_server_that_shouts_in_the_stream(run: Run, server: FakeServer) -> None:
    server.chats = [breaking for _ in range(40)]
    everything(run, "--remote", server.url)


def test_a_server_whose_models_are_called_as_the_key(run: Run, server: FakeServer) -> None:
    server.models = {"object": "list", "data": [{"id": "fake", "owned_by": KEY}]}
    server.chats = [reply("Paris. ", "Yes.") for _ in range(40)]
    everything(run, "--remote", server.url)


@pytest.mark.parametrize(
    "shape",
    ["http://user:{}@{}/v1", "http://{}@{}/v1", "http://{1}/v1?key={0}", "http://{1}/v1#{0}", "http://user:{}\\@{}/v1",
     "http://[{}@{}/v1", "ftp://user:{}@{}/v1", " http://user:{}@{}/v1", "user:{}@{}", "http:/user:{}@{}/v1"],
)  # fmt: skip
def test_an_address_with_a_password(run: Run, server: FakeServer, monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    address = shape.format(PASSWORD, server.url.removeprefix("http://").removesuffix("/v1"))
    run("--debug", "--remote", address, *ASK)
    run("--remote", address, "doctor", "--json", "--no-load")
    monkeypatch.setenv("WARMCHAT_REMOTE_URL", address)
    run("-p", "companion", "chat", "--plain", typed="Hello\n/quit\n")
    monkeypatch.delenv("WARMCHAT_REMOTE_URL")
    Path("warmchat.toml").write_text(f"remote_url = '{address}'\n")
    run(*ASK)
    run("doctor")
    Path("warmchat.toml").unlink()
    judge = address.partition("#")[0] + "#judge"  # behind the mark stands a name
    monkeypatch.setenv("WARMCHAT_JUDGE_MODEL", judge)
    run("--remote", server.url, "doctor", "--json")
    if "#" not in address:  # else it is a server, and would be asked hundreds of pairs
        run("--debug", "compare", "--calibrate", "--judge", judge)
    assert server.asked == [] or all(PASSWORD not in str(exchange.headers) for exchange in server.asked)


@pytest.mark.parametrize(
    "line",
    [f'remote_key = "{KEY}"', f'remote_key_variable = "{KEY}"', f'api_key = "{KEY}"', f'remote_parallel = "{KEY}"',
     f'remote_url = ["{KEY}"]', f'remote_key = "{KEY}', f'WARMCHAT_REMOTE_KEY = "{KEY}"'],
)  # fmt: skip
def test_a_key_in_the_wrong_place(run: Run, line: str) -> None:
    file = config_folder() / "warmchat.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"{line}\n")
    run("--debug", *ASK)
    run("doctor", "--json", "--no-load")


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY} {KEY}", f"{KEY}\x1b[31m", f"{KEY}é"])
def test_a_key_that_no_header_can_hold(run: Run, server: FakeServer, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("WARMCHAT_REMOTE_KEY", key)
    run("--debug", "--remote", server.url, *ASK)
    run("--remote", server.url, "doctor", "--json")
