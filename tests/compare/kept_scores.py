"""What the shipped network says of pairs, kept in a file between runs: it takes longest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from warmchat.compare.cross_encoder import from_shipped, why_missing
from warmchat.compare.cross_encoder.encoder import Item, Seen


class Cross:
    """Scores of the cross-encoder, kept in a file, since they take longest."""

    def __init__(self, cache: Path) -> None:
        encoder = from_shipped()
        if encoder is None:
            raise SystemExit(why_missing())
        self._encoder, self._cache = encoder, cache
        self._known: dict[str, tuple[float, float]] = json.loads(cache.read_text()) if cache.exists() else {}

    def glance(self, items: Sequence[Item]) -> list[Seen]:
        """What `see` says, which is kept."""
        return self.see(items)

    def see(self, items: Sequence[Item], glanced: Sequence[Seen] = ()) -> list[Seen]:
        """What the cross-encoder says of each item in both orders."""
        keys = [hashlib.sha256("\x00".join(item).encode()).hexdigest()[:20] for item in items]
        new = {key: item for key, item in zip(keys, items, strict=True) if key not in self._known}
        todo = list(new)
        for begin in range(0, len(todo), 128):  # kept as it goes: a lost run costs little
            part = todo[begin : begin + 128]
            seen = [(s.disagreement, s.alignment) for s in self._encoder.see([new[key] for key in part])]
            self._known.update(zip(part, seen, strict=True))
            self._cache.write_text(json.dumps(self._known))
        return [Seen(*self._known[key]) for key in keys]
