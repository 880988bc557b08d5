"""Turns without what the rules find. Spans are moved with their texts, so that evidence still says what it is about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from warmchat.domain.profile import Profile
from warmchat.domain.turn import Reply
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.storage.exports.redaction.rules import Place, Rules
from warmchat.storage.records import Judgement, TurnRecord

_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Clean:
    """A text after its redaction. ``places``: what was replaced, in characters of the text before."""

    text: str
    places: tuple[Place, ...] = ()

    def span(self, span: Span) -> Span:
        """The same stretch in the text as it is now; one that reaches into what was replaced takes in all of it."""
        start, end = self._at(span.start), self._at(span.end, after=True)
        return Span(start, end, self.text[start:end])

    def _at(self, offset: int, *, after: bool = False) -> int:
        """Where an offset has gone; one inside of what was replaced, to its beginning or behind its end."""
        shift = 0
        for place in self.places:
            if offset <= place.start:
                break
            length = len(place.label) + 2
            if offset < place.end:
                return place.start + shift + (length if after else 0)
            shift += length - (place.end - place.start)
        return offset + shift


def redacted(records: Sequence[TurnRecord], rules: Rules) -> list[TurnRecord]:
    """The records as they may be given away; each says by which rules (`TurnRecord.redacted`).

    Messages, replies, thinking, titles, notes, reasons, errors and system prompts are looked through. How surprised the
    reference was goes where a reply was changed, since it stands by token; where files stood goes in any case.

    Raises:
        ExportError: a pattern of the user's is none, or takes too long.
    """
    texts = list(dict.fromkeys(text for record in records for text in _texts(record)))
    clean = {
        text: Clean(_without(text, places), tuple(places))
        for text, places in zip(texts, rules.places(texts), strict=True)
        if places
    }
    told_by: defaultdict[str, dict[str, str]] = defaultdict(dict)  # by session: words of what was replaced -> its label
    for record in records:
        words = told_by[record.turn.session_id]
        for text in _texts(record):
            if text in clean:
                for place in clean[text].places:
                    words |= dict.fromkeys(_WORD.findall(text[place.start : place.end].lower()), place.label)
    return [_Redaction(clean, told_by[record.turn.session_id]).record(record, rules) for record in records]


def _without(text: str, places: Sequence[Place]) -> str:
    pieces, at = [], 0
    for place in places:
        pieces += [text[at : place.start], f"[{place.label}]"]
        at = place.end
    return "".join([*pieces, text[at:]])


def _texts(record: TurnRecord) -> Iterator[str]:
    turn = record.turn
    yield from (record.session_title, turn.user_text, turn.error)
    for reply in _replies(record):
        yield from (reply.text, reply.thinking, reply.asked)
    for verdict in (turn.verdict, *(judged.verdict for judged in record.judgements)):
        if verdict is not None:
            yield verdict.reason
    if record.mark is not None:
        yield record.mark.note
    for profile in record.profiles.values():
        yield from (profile.name, profile.description, profile.system_prompt)


def _replies(record: TurnRecord) -> list[Reply]:
    return [reply for reply in (record.turn.reply, record.turn.shadow, *record.others) if reply is not None]


class _Redaction:
    """What was found, applied to the records of one session."""

    def __init__(self, clean: Mapping[str, Clean], words: Mapping[str, str]) -> None:
        self._clean = clean
        self._words = words

    def record(self, record: TurnRecord, rules: Rules) -> TurnRecord:
        turn, texts = record.turn, {reply.id: reply.text for reply in _replies(record)}
        reply, shadow = turn.reply, turn.shadow
        said, other = reply.text if reply is not None else None, shadow.text if shadow is not None else None
        verdict = turn.verdict and self._verdict(turn.verdict, said, other)
        return replace(
            record,
            session_title=self._about(record.session_title),
            turn=replace(
                turn, user_text=self._said(turn.user_text), error=self._about(turn.error), verdict=verdict,
                reply=reply and self._reply(reply), shadow=shadow and self._reply(shadow),
            ),
            others=tuple(self._reply(other) for other in record.others),
            judgements=tuple(self._judgement(judged, texts) for judged in record.judgements),
            mark=record.mark and replace(record.mark, note=self._about(record.mark.note)),
            profiles={key: self._profile(profile) for key, profile in record.profiles.items()},
            redacted=rules.told,
        )  # fmt: skip

    def _said(self, text: str) -> str:
        return self._clean[text].text if text in self._clean else text

    def _about(self, text: str) -> str:
        """Words about other texts: a title that was cut or a reason may hold a piece that no rule knows by itself."""
        pieces, at = [], 0
        for place in self._clean[text].places if text in self._clean else ():
            pieces += [self._without_words(text[at : place.start]), f"[{place.label}]"]
            at = place.end
        return "".join([*pieces, self._without_words(text[at:])])

    def _without_words(self, text: str) -> str:
        return _WORD.sub(lambda word: f"[{label}]" if (label := self._words.get(word[0].lower())) else word[0], text)

    def _reply(self, reply: Reply) -> Reply:
        origin = reply.origin
        adapters = tuple(
            {key: _file_name(value) if key == "name" else value for key, value in one.items() if key != "path"}
            for one in origin.adapters
        )
        return replace(
            reply, text=self._said(reply.text), thinking=self._said(reply.thinking), asked=self._said(reply.asked),
            scores=() if reply.text in self._clean else reply.scores, origin=replace(origin, adapters=adapters),
        )  # fmt: skip

    def _judgement(self, judged: Judgement, texts: Mapping[str, str]) -> Judgement:
        verdict = self._verdict(judged.verdict, texts.get(judged.reply_id or ""), texts.get(judged.shadow_id or ""))
        return replace(judged, verdict=verdict)

    def _verdict(self, verdict: Verdict, reply: str | None, shadow: str | None) -> Verdict:
        moved = [
            Evidence(self._span(pair.reply, reply), self._span(pair.shadow, shadow), pair.kind, pair.score)
            for pair in verdict.evidence
        ]
        evidence = tuple(pair for pair in moved if pair.reply is not None or pair.shadow is not None)
        return replace(verdict, reason=self._about(verdict.reason), evidence=evidence)

    def _span(self, span: Span | None, text: str | None) -> Span | None:
        if span is None or text is None or text[span.start : span.end] != span.text:
            return None  # of a text that is not here: nobody can say what it holds
        return self._clean[text].span(span) if text in self._clean else span

    def _profile(self, profile: Profile) -> Profile:
        return replace(
            profile, name=self._said(profile.name), description=self._said(profile.description),
            system_prompt=self._said(profile.system_prompt), rewriter=_file_name(profile.rewriter),
            adapters=tuple(replace(adapter, name=_file_name(adapter.name)) for adapter in profile.adapters),
        )  # fmt: skip


def _file_name(named: str) -> str:
    """An adapter or model without the folders that it stands in: they may be called as somebody is."""
    return named.replace("\\", "/").rsplit("/", 1)[-1]
