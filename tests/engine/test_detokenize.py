"""Bytes to text: characters whole, stop texts never shown."""

from hypothesis import given
from hypothesis import strategies as st

from warmchat.engine.llama.detokenize import TextStream


@given(st.text(max_size=60), st.integers(1, 5))
def test_any_text_cut_at_any_byte_comes_out_whole(text: str, size: int) -> None:
    raw = text.encode("utf-8")
    stream = TextStream()
    parts = [stream.push(raw[i : i + size]) for i in range(0, len(raw), size)]
    assert "".join(parts) + stream.finish() == text
    assert all("\ufffd" not in p for p in parts if "\ufffd" not in text)


def test_half_a_character_at_the_end_becomes_the_replacement_character() -> None:
    stream = TextStream()
    assert stream.push("é".encode()[:1]) == ""
    assert stream.finish() == "\ufffd"


@given(st.integers(1, 7))
def test_a_stop_text_ends_the_reply_wherever_it_is_cut(size: int) -> None:
    raw = b"Paris.\nUser: and Lyon?"
    stream = TextStream(["\nUser:"])
    out = "".join(stream.push(raw[i : i + size]) for i in range(0, len(raw), size)) + stream.finish()
    assert out == "Paris."
    assert stream.stopped


def test_what_only_looked_like_a_stop_is_given_out() -> None:
    stream = TextStream(["\nUser:"])
    assert stream.push(b"a\nUse") == "a"
    assert stream.push(b"ful") == "\nUseful"
    assert stream.push(b"\nUs") + stream.finish() == "\nUs"
