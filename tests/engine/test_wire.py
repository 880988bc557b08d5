"""What goes over the pipe comes back equal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmchat.domain import errors
from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError, WarmchatError
from warmchat.domain.profile import Sampling
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Origin, Timings, Usage
from warmchat.engine import wire
from warmchat.engine.protocol import (
    AdapterSpec,
    EngineEvent,
    EngineInfo,
    Finished,
    Fragment,
    Job,
    Priority,
    Progress,
)

any_text = st.text(st.characters(codec=None))


@given(any_text, any_text, st.sampled_from(Priority))
def test_jobs(text: str, start: str, priority: Priority) -> None:
    adapters = (AdapterSpec("lora", "warm", "/x", 0.5), AdapterSpec("control_vector", "w", "/y", -1.0, (3, 9)))
    sampling = Sampling(seed=3, temperature=0.5)
    job = Job((Message("user", text),), sampling, "a/b", priority, start, adapters, "score", batched=True, bare=True)
    line = wire.encode(wire.job_to_line(7, job))
    assert line.count(b"\n") == 1
    assert wire.job_from(json.loads(line)["job"]) == job


@pytest.mark.parametrize(
    "event",
    [
        Progress(1, 2),
        Fragment("a\nb\ud800"),
        Finished("t", "end", Usage(1, 2, 3), Timings(0.1, 0.2, 0.3), Origin(adapters=({"name": "w"},), seed=4),
                 (TokenScore("a", -0.5),)),
    ],
)
def test_events(event: EngineEvent) -> None:
    assert wire.event_from(json.loads(wire.encode(wire.event_to_line(1, event)))) == event


@pytest.mark.parametrize(
    "kind", [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, WarmchatError)]
)
def test_every_error_of_the_tree_crosses_with_its_type(kind: type[WarmchatError]) -> None:
    back = wire.event_from(json.loads(wire.encode(wire.event_to_line(1, kind("what", "do")))))
    assert type(back) is kind
    assert isinstance(back, WarmchatError)
    assert (back.message, back.hint) == ("what", "do")


def test_an_unknown_error_is_an_engine_error() -> None:
    assert type(wire.error_from({"type": "os", "message": "m", "hint": ""})) is EngineError


def test_info() -> None:
    info = EngineInfo("m", "n", "p", "llama", "Q4", 1, 2, 3, 4, "t", 2, "f16", {"a": "1"}, 4, 0.5, ("note",))
    assert wire.info_from(json.loads(json.dumps(wire.info_to_value(info)))) == info
