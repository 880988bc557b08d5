"""Every setting, with its default. Order of strength: command line, environment, ``warmchat.toml``, default.

Two files are read, the second over the first: ``warmchat.toml`` in the user's config folder and the one in the current
folder. In the environment a setting is ``WARMCHAT_`` and its name in capitals.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as SourceError

from warmchat.domain.errors import PathError, SettingsError
from warmchat.domain.paths import typed_path
from warmchat.domain.text import one_line, shown
from warmchat.places import FILE_NAME, config_folder, data_folder, read_settings_file


def _expanded(value: object) -> object:
    """That there is no such file is said later, but not every text can be the name of one."""
    try:
        return typed_path(value) if isinstance(value, str | Path) else value
    except PathError as error:
        raise ValueError(error.message) from error  # pydantic's own way to hear of it


ExpandedPath = Annotated[Path, BeforeValidator(_expanded)]


class _TomlFiles(TomlConfigSettingsSource):
    """The settings files, read within bounds."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        return read_settings_file(Path(file_path))


class Settings(BaseSettings):
    """The settings of one run."""

    model_config = SettingsConfigDict(
        env_prefix="WARMCHAT_", extra="forbid", frozen=True, validate_default=True
    )

    model: ExpandedPath | None = None
    """GGUF file to run. None: the model used last, else the starter where it is installed."""

    profile: str = "oracle"
    """Profile that speaks first."""

    reference: str = "oracle"
    """Profile that the others are checked against."""

    shadow: Literal["other", "always", "off"] = "other"
    """When the reference answers in the shadow: when another profile speaks, always (its own noise), never."""

    shadow_history: Literal["own", "visible", "message"] = "own"
    """What the reference reads before the message: its own earlier replies, the screen, or nothing."""

    shadow_backlog: int = Field(default=4, ge=1, le=10_000)
    """Turns that may wait for their check; beyond it the oldest is deferred."""

    shadow_samples: int = Field(default=3, ge=0, le=16)
    """Further answers of the reference before a flag is raised, to tell chance from warmth. 0: none."""

    judge_model: str = ""
    """Model to ask where the signals are unsure, if `compare --calibrate` let it: a file, a name, or URL#NAME."""

    profile_dir: ExpandedPath | None = None
    """Folder of profile files that is searched first."""

    data_dir: ExpandedPath = Field(default_factory=data_folder)
    """Folder of the session log, measurements, pulled models and the native log."""

    log: bool = True
    """Keep sessions in the log. Off: nothing is written."""

    keep_days: int = Field(default=0, ge=0, le=36_500)
    """Sessions in which nothing was said for more days are deleted as a chat starts, but for archived ones. 0: none."""

    n_ctx: int = Field(default=0, ge=0, le=2**31 - 1)
    """Context window in tokens. 0: as much as the model was trained for, at most 8,192, and what memory allows."""

    threads: int = Field(default=0, ge=0, le=4096)
    """Threads of the engine. 0: the physical cores, fewer while other programs compute."""

    gpu_layers: int = Field(default=-1, ge=-1, le=2**31 - 1)
    """Layers kept on a GPU where llama-cpp-python was built for one. -1: all that fit; 0: none."""

    kv_type: Literal["auto", "f16", "q8_0"] = "auto"
    """What keys and values are kept in. q8_0 takes about half; auto: f16 while the window fits in it."""

    flash_attention: Literal["auto", "on", "off"] = "auto"
    """Flash attention. q8_0 needs it; auto: off on a processor while memory allows, as it is slower; a GPU is asked."""

    mmap: Literal["auto", "on", "off"] = "auto"
    """Map the file of the weights instead of reading it. auto: on, but off where it lies on a network."""

    remote_url: str = ""
    """Address of an OpenAI-compatible server to use instead of a model file, such as http://localhost:8080/v1."""

    remote_model: str = ""
    """Model to ask for there. Empty: the first that the server offers."""

    remote_key_variable: str = Field(default="WARMCHAT_REMOTE_KEY", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
    """Environment variable that holds the server's key; the key itself is no setting."""

    remote_parallel: int = Field(default=1, ge=1, le=16)
    """Replies made at once there; 2 lets oracle and companion run side by side."""

    remote_timeout: float = Field(default=180.0, gt=0, le=86_400)
    """Seconds to wait there for the first text of a reply."""

    start: Literal["new", "last"] = "new"
    """Begin a new session at the start, or go on with the last one where it was left."""

    theme: Literal["dark", "light"] = "dark"
    """Colours of the TUI."""

    reminders: bool = True
    """In a long talk with a checked voice, say at most once an hour how many of its replies were flagged."""

    danger_note: str = (
        "If somebody's life is in danger, turn to people now: the emergency number where you are (112 in Europe, 911 "
        "in North America), or a crisis line (988 in the US and Canada, 116 123 in the UK and Ireland; "
        "findahelpline.com lists others)."
    )
    """Where to turn, shown under a message that says a life is in danger. Never sent to the model. Empty: nothing."""

    reduced_motion: bool = False
    """Nothing slides, fades or blinks, and a coming reply is repainted once a second."""

    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys, as a table `[keys]`: the title of what a key does, in small letters with -, = "f5" or "f5,alt+k"."""

    plain: bool = False
    """Chat line by line instead of on a screen: for screen readers and pipes."""

    debug: bool = False
    """Show tracebacks of errors."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files = [config_folder() / FILE_NAME, *cls._local_files()]
        return init_settings, env_settings, _TomlFiles(settings_cls, files)

    @classmethod
    def _local_files(cls) -> list[Path]:
        return [Path(FILE_NAME)]

    @property
    def log_file(self) -> Path:
        """The session log."""
        return self.data_dir / "log.db"

    @property
    def evals_file(self) -> Path:
        """What `eval` has measured."""
        return self.data_dir / "evals.db"

    @property
    def models_dir(self) -> Path:
        """Where `models pull` puts files."""
        return self.data_dir / "models"

    @property
    def native_log(self) -> Path:
        """What llama.cpp prints."""
        return self.data_dir / "native.log"

    @property
    def trust_file(self) -> Path:
        """The folders whose profiles and settings may replace the reference."""
        return self.data_dir / "trusted.json"

    @property
    def judges_file(self) -> Path:
        """Which models were tried as judges here, and what came of it."""
        return self.data_dir / "judges.json"

    @property
    def history_file(self) -> Path:
        """Small facts kept between runs: the model used last, prompt history."""
        return self.data_dir / "state.json"


class _ElsewhereSettings(Settings):
    """The settings without the current folder's file, for a folder that the user does not trust."""

    @classmethod
    def _local_files(cls) -> list[Path]:
        return []


class _GivenSettings(Settings):
    """The settings that are given in the call, on top of the defaults: no file and no variable is read."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def settings_files() -> list[Path]:
    """The files that settings are read from, the stronger last, whether they exist or not."""
    return [config_folder() / FILE_NAME, Path(FILE_NAME).absolute()]


def settings_alone(**command_line: Any) -> Settings:
    """The command line over the defaults, for `doctor`, which must go on where a file or a variable is broken.

    Raises:
        SettingsError: a value of the command line cannot be used.
    """
    return _made(_GivenSettings, command_line)


_TRUSTED_ONLY = {
    "reference", "profile_dir", "shadow", "shadow_history", "remote_url", "remote_model", "remote_key_variable",
    "judge_model",
}  # fmt: skip


def local_file_needs_trust() -> bool:
    """The current folder's file says where replies are made, who the reference is, or where profiles come from.

    Such a file, in a folder got from elsewhere, could make the check say what its author wants, or have messages and
    the value of an environment variable sent to a server of its choice.
    """
    try:
        given = read_settings_file(Path(FILE_NAME))
    except (OSError, ValueError):
        return False
    return bool(_TRUSTED_ONLY & given.keys())


def load_settings(*, local_file: bool = True, **command_line: Any) -> Settings:
    """Settings of this run; arguments that are None count as not given.

    Args:
        local_file: read the current folder's ``warmchat.toml``, too.

    Raises:
        SettingsError: a value or a file cannot be used; the message names it.
    """
    return _made(Settings if local_file else _ElsewhereSettings, command_line)


def _made(kind: type[Settings], command_line: dict[str, Any]) -> Settings:
    given = {name: value for name, value in command_line.items() if value is not None}
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = one_line(".".join(str(part) for part in first["loc"]), 60)
        if first["type"] == "extra_forbidden":
            hint = KEY_HINT if "key" in name.lower() or "token" in name.lower() else _nearest_hint(name)
            raise SettingsError(f"There is no setting named {name!r}", hint) from None
        value = first["input"]
        given_as = one_line(repr(value), 80) if isinstance(value, str) else shown(value, 80)
        if name.startswith(_MAY_HOLD_SECRETS):
            given_as = "what it is set to"
        raise SettingsError(
            f"The setting {name!r} cannot be {given_as}: {one_line(first['msg'].lower())}",
            f"look for {name} in {FILE_NAME}, WARMCHAT_{name.upper()} and the command line",
        ) from None  # the library's error quotes every value
    except SourceError as error:  # the one setting that is a table, as JSON in a variable
        what = f"A variable WARMCHAT_* cannot be read: {one_line(str(error))}"
        raise SettingsError(what, """such as WARMCHAT_KEYS='{"switch-voice": "f5"}'""") from error
    except (OSError, ValueError) as error:
        what = f"{one_line(_broken_file())} cannot be read: {one_line(str(error))}"
        raise SettingsError(what, "mend the line or move the file away") from error


_MAY_HOLD_SECRETS = ("remote_", "judge_")  # an address with a password, or a key in the wrong place
KEY_HINT = "a server's key is no setting: put it into the environment variable WARMCHAT_REMOTE_KEY"


def _broken_file() -> str:
    """Which of the files it was: the library's error does not say."""
    for file in settings_files():
        try:
            read_settings_file(file)
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            return str(file)
    return FILE_NAME


def _nearest_hint(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, Settings.model_fields, n=1)
    return f"did you mean {near[0]!r}?" if near else "README lists the settings"
