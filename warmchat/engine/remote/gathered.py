"""A streamed reply as it comes in: JSON values in, events out. Pure; what it does not know it passes over."""

from __future__ import annotations

from typing import Any

from warmchat.domain.turn import StopReason, Usage
from warmchat.engine.protocol import EngineEvent, Fragment, Progress
from warmchat.engine.remote.values import object_of, text_of, whole

CUT = frozenset({"abort", "aborted", "cancelled", "error"})  # finish reasons of a reply that is not whole


class Gathered:
    """What has come of one reply.

    Attributes:
        finish: the server's reason for the end; empty while there is none. A stream that ends without one was cut.
        chunks: how many values came, of whatever kind. size: characters of text.
        answered_as: the model that the server says it used; it may be more exact than the name that was asked for.
    """

    def __init__(self) -> None:
        self.finish = ""
        self.chunks = 0
        self.size = 0
        self.answered_as = ""
        self.fingerprint = ""
        self._pieces: list[str] = []
        self._thinking = False
        self._answering = False
        self._half = ""  # the first half of a surrogate pair that a server cut in two
        self._usage: dict[str, Any] = {}
        self._timings: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """Everything that was made, thinking included."""
        return "".join(self._pieces)

    @property
    def begun(self) -> bool:
        """Whether text has come; from then on the reply cannot be asked for anew."""
        return bool(self._pieces)

    def take(self, value: object) -> list[EngineEvent]:
        """Take in one value of the stream. Raises `ValueError` where it is no part of a reply."""
        if not isinstance(value, dict):
            raise ValueError("no object")  # noqa: TRY004  as where it is no JSON at all
        self.chunks += 1
        self.answered_as = text_of(value.get("model")) or self.answered_as
        self.fingerprint = text_of(value.get("system_fingerprint")) or self.fingerprint
        self._usage = object_of(value.get("usage")) or self._usage
        self._timings = object_of(value.get("timings")) or self._timings
        events: list[EngineEvent] = []
        progress = object_of(value.get("prompt_progress"))
        if whole(progress.get("total")):
            events.append(Progress(whole(progress.get("processed")), whole(progress.get("total"))))
        choices = value.get("choices")
        choice = object_of(choices[0]) if isinstance(choices, list) and choices else {}
        text = self._words(object_of(choice.get("delta")))
        self.finish = text_of(choice.get("finish_reason")) or self.finish
        if text:
            self._pieces.append(text)
            self.size += len(text)
            events.append(Fragment(text))
        return events

    def stop(self, asked: int, sent: int) -> StopReason:
        """Why the reply ended.

        Args:
            asked: longest reply that the job allows, in tokens. sent: what the server was told, where less fits.
        """
        if self.finish != "length":
            return "end"
        made = whole(self._usage.get("completion_tokens"))
        return "window" if sent < asked or 0 < made < asked else "length"

    def usage(self, prompt_estimate: int) -> Usage:
        """Tokens as the server counted them; where it did not, the estimate and the number of pieces."""
        prompt = whole(self._usage.get("prompt_tokens")) or prompt_estimate
        details = object_of(self._usage.get("prompt_tokens_details"))
        kept = whole(details.get("cached_tokens")) or whole(self._timings.get("cache_n"))
        return Usage(prompt, max(0, prompt - kept), whole(self._usage.get("completion_tokens")) or len(self._pieces))

    def _words(self, delta: dict[str, Any]) -> str:
        """The text of this piece. Thinking that a server sends apart is put before the answer, as models write it."""
        thought = text_of(delta.get("reasoning_content")) or text_of(delta.get("reasoning"))
        said = text_of(delta.get("content")) or text_of(delta.get("refusal"))
        out = ""
        if thought and not self._answering:  # what is thought after the answer began has no place before it
            out += thought if self._thinking else f"<think>{thought}"
            self._thinking = True
        if said:
            out += f"</think>\n\n{said}" if self._thinking and not self._answering else said
            self._answering = True
        return self._whole_characters(out)

    def _whole_characters(self, text: str) -> str:
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
