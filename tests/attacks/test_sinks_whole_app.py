"""What a terminal is really sent while hostile text is said, told, compared and copied."""

from __future__ import annotations

import base64
import re

from tests.attacks.hostile import acting
from tests.attacks.sinks.whole_app import OURS, deeds, said, sent

COPY = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def test_a_terminal_is_sent_what_it_is_sent_for_plain_words() -> None:
    text = sent("hostile")
    assert "[@click=app.quit]press[/]" in text, "the message was shown"
    copied = [base64.b64decode(one, validate=True) for one in COPY.findall(text)]
    assert copied == [said("hostile").encode("utf-8", "replace")], "one well-formed copy, as asked for"
    text = COPY.sub("", text)
    assert deeds(text) <= deeds(sent("plain"))
    rest = OURS.sub("", text)
    assert "\x1b" not in rest, rest[max(0, rest.index("\x1b") - 60) :][:200]
    assert not acting(rest, allowed="\n\r\t")
