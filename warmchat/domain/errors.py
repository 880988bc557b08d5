"""Every error that a user can meet, in one tree.

    WarmchatError
    ├── SettingsError            a setting or its file cannot be used
    ├── ProfileError             a profile file cannot be used
    │   └── UnknownProfile
    ├── ModelError               a model file cannot be used
    │   ├── NoModel              none was named and none was found
    │   ├── PullFailed           a download did not arrive whole
    │   └── AdapterError         an adapter cannot be used, or not with this model
    ├── EngineError              the engine refused or failed
    │   ├── EngineLost           its process ended while it was needed
    │   ├── NotEnoughMemory      model and context do not fit this machine
    │   └── PromptTooLong        the text is larger than the window
    ├── LogError                 the session log cannot be used
    │   ├── LogTooNew            written by a newer version
    │   └── LogNotWritable       read-only folder, full disk
    ├── TrainingError            an adapter cannot be trained
    ├── ExportError
    ├── QuestionError            a question set, or a condition to ask it under, cannot be used
    ├── PathError                a path that no file can have
    └── NotFound                 an id that names nothing, or more than one thing

Each says what happened (`message`) and what to do (`hint`). Errors of a library are turned into one of these
at the one place that calls the library, with ``raise ... from``.
"""

from __future__ import annotations


class WarmchatError(Exception):
    """An error that is shown to the user as one line and a hint.

    Args:
        message: what happened, one sentence, no trailing stop needed.
        hint: what the user can do about it; may be empty where there is nothing to do.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class SettingsError(WarmchatError):
    """A setting, or the file it stands in, cannot be used."""


class ProfileError(WarmchatError):
    """A profile file cannot be used. ``line`` counts from 1 in the file, where the reason stands on one."""

    line: int | None = None


class UnknownProfile(ProfileError):
    """No profile has that id."""


NO_MODEL_HINT = "warmchat models pull fetches the starter; or --model FILE.gguf"


class ModelError(WarmchatError):
    """A model file cannot be used: not a GGUF, truncated, not readable, unknown architecture."""


class NoModel(ModelError):
    """No model was named and none was found."""


class PullFailed(ModelError):
    """A download did not arrive whole; what came is kept for the next try."""


class AdapterError(ModelError):
    """An adapter file cannot be used, or does not fit the loaded model; both sides are named."""


class TrainingError(WarmchatError):
    """An adapter cannot be trained here: a package, memory, disk or a fitting model is missing; or it went wrong."""


class EngineError(WarmchatError):
    """The engine refused a job or failed in it."""


class EngineLost(EngineError):
    """The engine's process ended while it was needed."""


class NotEnoughMemory(EngineError):
    """Model and context do not fit the memory of this machine."""


class PromptTooLong(EngineError):
    """The text to read is larger than the context window."""


class LogError(WarmchatError):
    """The session log cannot be used."""


class LogTooNew(LogError):
    """The log was written by a newer version of warmchat."""


class LogNotWritable(LogError):
    """The log cannot be written: read-only folder, full disk, no permission."""


class LogHeld(LogError):
    """Another program holds the log: it may be free again in a moment."""


class ExportError(WarmchatError):
    """An export could not be written."""


class QuestionError(WarmchatError):
    """A question set, or a condition to ask it under, cannot be used."""


class PathError(WarmchatError):
    """A path that no file can have."""


class DayError(WarmchatError):
    """What was typed names no day."""


class NotFound(WarmchatError):
    """An id names nothing, or more than one thing."""
