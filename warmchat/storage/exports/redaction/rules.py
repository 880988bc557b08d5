"""What is redacted: rules of ours, names, and patterns of the user's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from warmchat.domain.errors import ExportError
from warmchat.domain.text import shown
from warmchat.storage.exports.redaction.own_patterns import find_own

MAX_FILE = 64 * 1024  # bytes of a file of patterns
MAX_PATTERNS, MAX_PATTERN = 200, 1000
HINT = "the rules are all, email, phone, secret, address, name:TEXT and file:PATH"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text that is to be replaced, in characters, and what stands there then, without brackets."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of ours. None of them goes back over a text more than once, however long and hostile it is.

    Attributes:
        group: the part of a match that is replaced; 0: all of it.
        fits: whether what was matched is meant; most numbers are no telephone's.
    """

    label: str
    pattern: re.Pattern[str]
    group: int = 0
    fits: Callable[[str], bool] | None = None

    def places(self, text: str) -> Iterator[Place]:
        """Where it applies."""
        for match in self.pattern.finditer(text):
            start, end = match.span(self.group)
            if start < end and (self.fits is None or self.fits(match[self.group])):
                yield Place(start, end, self.label)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an export is to leave out.

    Attributes:
        told: the rules in words, for the export; names and patterns are not repeated there.
        own: patterns of the user's, each with its label.
    """

    told: tuple[str, ...]
    ours: tuple[Rule, ...]
    own: tuple[tuple[str, str], ...] = ()

    def places(self, texts: Sequence[str]) -> list[list[Place]]:
        """Where they apply in each text, in order, overlapping ones made one.

        Raises:
            ExportError: a pattern of the user's is none, or takes too long.
        """
        found = [[place for rule in self.ours for place in rule.places(text)] for text in texts]
        if self.own:
            for places, more in zip(found, find_own(self.own, texts), strict=True):
                places.extend(Place(start, end, self.own[number][0]) for start, end, number in more)
        return [_joined(places) for places in found]


def _joined(places: Iterable[Place]) -> list[Place]:
    joined: list[Place] = []
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        if joined and place.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Place(last.start, max(last.end, place.end), last.label)
        else:
            joined.append(place)
    return joined


# ---- ours


def _is_telephone(text: str) -> bool:
    """Dates, amounts and years have digits, too: one begins as telephones do, or is written in their groups."""
    digits = sum(char.isdigit() for char in text)
    if not 7 <= digits <= 15 or re.fullmatch(r"\d+\.\d+|\d{1,4}([-./ ])\d{1,2}\1\d{1,4}", text):
        return False
    groups = re.fullmatch(r"(?:1[-. ])?\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}", text)
    return text.startswith(("+", "0", "(0")) or groups is not None


def _is_random(text: str) -> bool:
    """Long, of letters and digits mixed: a key or a hash, not a word, path or number."""
    return any(char.isdigit() for char in text) and any(char.isalpha() for char in text)


_WORDS = r"pass(?:word|wd|phrase)?|pwd"  # that a password stands behind
_CALLED = rf"{_WORDS}|secret|token|api[_-]?key|access[_-]?key|signature|credentials?"
_KEYS = r"sk-|gh[oprsu]_|github_pat_|glpat-|hf_|xox[a-z]-|AKIA|ASIA|AIza|ya29\.|eyJ"
_OURS: dict[str, tuple[Rule, ...]] = {
    "email": (Rule("e-mail", re.compile(r"(?<![\w.%+-])[\w.%+-]++@(?:[\w-]++\.){1,8}[\w-]++")),),
    "phone": (
        Rule("phone", re.compile(r"(?<![\w.+])(?:\+ ?)?\(?\d(?:[ ().\-/]{0,3}\d){6,14}(?!\w)"), fits=_is_telephone),
    ),
    "secret": (
        Rule("secret", re.compile(
            r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S])*+(?:-----END[A-Z -]*+)?"
        )),
        Rule("secret", re.compile(rf"(?<![\w-])(?:{_KEYS})[\w.~+/=-]{{12,}}+")),
        Rule("secret", re.compile(r"\b(?:Bearer|Basic)[ \t]{1,4}+([\w.~+/=-]{8,}+)", re.I), group=1),
        Rule("secret", re.compile(
            rf"\b(?:{_CALLED})[\"']?[ \t]{{0,4}}[:=][ \t]{{0,4}}[\"']?([^\s\"',;]++)", re.I
        ), group=1),
        Rule("secret", re.compile(rf"\b(?:{_WORDS})[ \t]{{1,4}}is[ \t]{{1,4}}[\"']?([^\s\"',;]++)", re.I), group=1),
        Rule("secret", re.compile(r"(?<![A-Za-z0-9+_=])[A-Za-z0-9+_=]{32,}+"), fits=_is_random),
    ),
    "address": (
        Rule("secret", re.compile(r"(?<![\w+])[A-Za-z][A-Za-z0-9+.-]{0,20}://([^\s/@]++)@"), group=1),
        Rule("secret", re.compile(
            rf"[?&](?:[\w-]{{0,40}}[_-])?(?:{_CALLED}|key|auth|sig|code)=([^\s&#]++)", re.I
        ), group=1),
        Rule("address", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)")),
    ),
}  # fmt: skip
_TOLD = {"email": "e-mail addresses", "phone": "telephone numbers", "secret": "keys and passwords",
         "address": "credentials in addresses and IP addresses"}  # fmt: skip


def _names(text: str) -> Iterator[Rule]:
    """The name in any case, its words apart by blanks or signs, its accents as one character or two."""
    for spelling in dict.fromkeys(normalize(form, text) for form in ("NFC", "NFD")):
        words = r"[\s_.-]{1,8}".join(re.escape(word) for word in spelling.split())
        yield Rule("name", re.compile(rf"(?<!\w){words}(?!\w)", re.I))


def rules_of(wanted: Sequence[str]) -> Rules:
    """The rules that `--redact` names.

    Raises:
        ExportError: there is no such rule, or a file of patterns cannot be used.
    """
    ours: list[Rule] = []
    told: list[str] = []
    own: list[tuple[str, str]] = []
    for given in wanted:
        kind, _, value = given.partition(":")
        if kind == "name" and value.strip():
            ours += _names(value)
            told.append("names")
        elif kind == "file" and value:
            own += _patterns(Path(value).expanduser())
            told.append("patterns of one's own")
        elif given == "all" or given in _OURS:
            for key in _OURS if given == "all" else (given,):
                ours += _OURS[key]
                told.append(_TOLD[key])
        else:
            raise ExportError(f"There is no rule {shown(given, 60)!r} to redact by", HINT)
    return Rules(tuple(dict.fromkeys(told)), tuple(dict.fromkeys(ours)), tuple(own))


def _patterns(file: Path) -> list[tuple[str, str]]:
    """``LABEL = PATTERN`` or a pattern alone on each line; blank lines and those that begin with # are passed over."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_FILE + 1)
        lines = raw.decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{shown(str(file), 120)} cannot be read: {shown(str(error), 120)}", HINT) from error
    kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if len(raw) > MAX_FILE or len(kept) > MAX_PATTERNS or any(len(line) > MAX_PATTERN for line in kept):
        raise ExportError(
            f"{shown(str(file), 120)} is too long",
            f"at most {MAX_PATTERNS} patterns of at most {MAX_PATTERN:,} characters",
        )
    found = []
    for line in kept:
        labelled = re.fullmatch(r"([A-Za-z][\w-]{0,30}) = (.+)", line)
        found.append((labelled[1], labelled[2]) if labelled else ("redacted", line))
    return found
