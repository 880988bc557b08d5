"""How a voice draws, changed while one chats."""

from __future__ import annotations

import pytest

from tests.ui.test_plain import chatted
from tests.ui.world import World, drawn, until
from warmchat.domain.errors import SettingsError
from warmchat.ui.sampling import sampling_of


def test_names_with_values_as_people_type_them() -> None:
    assert sampling_of("temperature 0.3 top_p=0.9, top_k: 40 seed 7") == {
        "temperature": 0.3, "top_p": 0.9, "top_k": 40, "seed": 7,
    }  # fmt: skip
    assert isinstance(sampling_of("top_k 40")["top_k"], int)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("temprature 1", "did you mean temperature?"),
        ("[/x] 1", "there are: temperature, top_k"),
        ("temperature", "temperature needs a number"),
        ("temperature hot", "temperature needs a number"),
    ],
)
def test_what_is_no_sampling_is_said(words: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        sampling_of(words)
    assert says in f"{raised.value.message}; {raised.value.hint}"


async def test_it_changes_with_the_next_reply_of_that_voice_and_the_file_comes_back() -> None:
    world = World()
    async with world.app.run_test(size=(100, 30), notifications=True) as pilot:
        await world.ready(pilot)

        async def typed(line: str, says: str) -> None:
            world.app.clear_notifications()
            world.prompt.put(line)
            await pilot.press("enter")
            await until(pilot, lambda: any(says in notice for notice in world.notices))

        await pilot.press("f2")
        await typed("/sampling", "The companion draws with temperature 0.7, max_tokens 512, seed 7 (as its file says)")
        assert "/sampling temperature 0.3 changes it" in world.notices[-1]
        await typed("/sampling temperature 0.2 top_k 40", "temperature 0.2, top_k 40, max_tokens 512, seed 7 (changed)")
        await typed("/sampling max_tokens 30", "temperature 0.2, top_k 40, max_tokens 30, seed 7 (changed)")
        for wrong in ("temperature 7", "top_k 1.5", "top_p nan"):
            await typed(f"/sampling {wrong}", f"{wrong.split()[0]} cannot be {wrong.split()[1]}")
        await world.say(pilot, "What is the capital?")
        reply = world.session.turns[-1].reply
        assert reply is not None
        used = reply.origin.sampling
        assert (used.temperature, used.top_k, used.max_tokens) == (0.2, 40, 30)
        await pilot.press("f2")
        await typed("/sampling", "The oracle draws with temperature 0, max_tokens 512 (as its file says)")
        await pilot.press("f2")
        await until(pilot, lambda: "COMPANION" in drawn(world))
        await typed("/sampling off", "temperature 0.7, max_tokens 512, seed 7 (as its file says)")


def test_line_by_line_too() -> None:
    lines = "/companion", "/sampling temperature 0.1", "hello", "/sampling temprature 1"
    typist, _ = chatted(World(), *lines, interactive=False)
    assert "Companion draws with temperature 0.1, max_tokens 512, seed 7 (changed)." in typist.said
    assert "did you mean temperature?" in typist.remarks
