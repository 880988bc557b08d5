"""Jobs that are computed together: many sequences in one context, each drawing with a sampler of its own.

A step computes one token for every reply in the making and fills up with prompts; who ends makes place for the next in
the queue. A beginning that several texts have in common is read once. The context is made on first use and as large as
the jobs need (it grows with them), given back when nothing was batched for a while or when a voice wants the memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from warmchat.domain.errors import EngineError, WarmchatError
from warmchat.engine.llama.batch_context import BatchContext, Part
from warmchat.engine.llama.lanes import common_prefix
from warmchat.engine.llama.seats import Seats, ended
from warmchat.engine.llama.work import Work
from warmchat.engine.protocol import AdapterSpec, Priority

GRAIN = 256  # tokens; llama.cpp rounds the size of a context up to it
GATHER_S = 0.02
GATHER_BULK_S = 0.1  # nobody waits, and the same company says the same however slowly a busy machine hands it in
KEPT_S = 60.0  # how long the context is kept after its last job


def gathering_s(priority: Priority) -> float:
    """Seconds without a further batched job coming in, before those that have come begin together."""
    return GATHER_BULK_S if priority is Priority.BULK else GATHER_S


@dataclass(frozen=True)
class Making:
    """How to make what a batch needs.

    Attributes:
        context: a context of so many cells. adapters: puts adapters into force on one.
        room: tokens for which there is memory now, what the batch holds itself not counted.
    """

    context: Callable[[int], BatchContext]
    adapters: Callable[[BatchContext, tuple[AdapterSpec, ...]], None]
    room: Callable[[], int]


class Batch:
    """The jobs that sit together, and their context. The engine's thread alone touches it.

    Args:
        most: jobs at once; 1 runs each by itself.
        cells: the largest context to make, in tokens.
        chunk: tokens computed in one step.
    """

    def __init__(self, making: Making, *, most: int, cells: int, chunk: int) -> None:
        self._making = making
        self.most = min(most, chunk)
        self._largest = cells
        self._chunk = chunk
        self._context: BatchContext | None = None
        self._seats: Seats[Work] | None = None
        self._setting: object = ()
        self._cramped = False  # there was a seat, but no room for the text
        self._left_at = 0.0

    @property
    def busy(self) -> bool:
        """Someone sits here."""
        return bool(self._seats and self._seats.taken)

    @property
    def rest(self) -> float | None:
        """Seconds after which to give back the context, if nothing comes; None where there is none."""
        if self._context is None:
            return None
        return max(0.0, self._left_at + KEPT_S - time.monotonic())

    def let_go(self) -> None:
        """Who has been cancelled gets up."""
        if self._seats is not None:
            for seat in ended(self._seats.taken):
                self._seats.leave(seat)

    def release(self) -> bool:
        """Give back the context unless someone sits here; True where there was something to give."""
        if self._context is None or self.busy:
            return False
        self.close()
        return True

    def close(self) -> None:
        if self._context is not None:
            self._context.close()
        self._context, self._seats, self._setting = None, None, ()

    def seated_as(self, priority: Priority) -> tuple[AdapterSpec, ...] | None:
        """The adapters of those who sit here with this priority: they are served before others of the same priority,
        for a change of adapters makes everyone read anew. None where nobody does."""
        taken = self._seats.taken if self._seats else []
        return next((s.sitter.job.adapters for s in taken if s.sitter and s.sitter.priority is priority), None)

    def context_for(self, works: Iterable[Work]) -> BatchContext | None:
        """The context in which the first of these (in the order of the queue) can sit, made where necessary.

        Returns:
            None where there is no room for it beside another; it is to be run alone.
        """
        if self.most < 2:
            return None
        if self.busy and not self._cramped:
            return self._context
        queued = list(works)
        held = self._seats.cells if self._seats is not None else 0
        wanted = min(self._largest, max(_rounded(self._needed(queued)), 2 * held if self._cramped else 0))
        if held < wanted:
            self._remake(wanted, held, queued[0].need)
        self._cramped = False
        return self._context if self._seats is not None and queued[0].need <= self._seats.cells else None

    def step(self, works: Iterable[Work], threads: int) -> list[Work]:
        """Compute one step for those who sit here and for as many of `works` as find a seat.

        Args:
            works: jobs of one priority and adapters, in the order of the queue. Who sits here and is not of their
                kind gets up, and finds again what it had read if nothing else needed the room.

        Returns:
            Those that have ended.
        """
        assert self._context is not None
        assert self._seats is not None
        self._seat(works)
        self._context.use_threads(threads)
        parts = self._seats.parts(self._chunk)
        if not parts:
            return []
        native = []
        for seat, tokens in parts:
            assert seat.sitter is not None
            draws = len(seat.ids) + len(tokens) == len(seat.sitter.ids)
            native.append(Part(seat.number, tokens, len(seat.ids), draws))
        try:
            whole = self._context.decode_parts(native)
        except WarmchatError as error:
            return self._failed(error)
        if whole:
            index = -1
            for seat, tokens in parts:
                index += len(tokens)
                self._seats.has_read(seat, tokens)
                if seat.sitter is not None:
                    _tell(seat.sitter, self._context, len(seat.ids), len(tokens), index)
        self._left_at = time.monotonic()
        over = ended(self._seats.taken)
        works_over = [seat.sitter for seat in over if seat.sitter is not None]
        for seat in over:
            self._seats.leave(seat)
        return works_over

    # ---- within

    def _seat(self, works: Iterable[Work]) -> None:
        """Everyone of these who finds room sits down; the order of the queue is kept."""
        assert self._seats is not None
        queue = iter(works)
        first = next(queue, None)
        if first is None:
            return
        self._use(first)
        sitting = {id(seat.sitter) for seat in self._seats.taken}
        work: Work | None = first
        while work is not None and self._seats.free:
            if id(work) not in sitting:
                if not self._seats.sit(work):
                    self._cramped = True
                    return
                work.begin()
            work = next(queue, None)

    def _use(self, first: Work) -> None:
        """Everyone of another kind gets up; the adapters of this kind are in force."""
        assert self._context is not None
        assert self._seats is not None
        for seat in self._seats.taken:
            if seat.sitter is not None and seat.sitter.priority is not first.priority:
                self._seats.leave(seat)
        if self._setting != first.job.adapters:
            self._seats.clear()
            self._setting = None  # until they are in force
            self._making.adapters(self._context, first.job.adapters)
            self._setting = first.job.adapters
        elif first.priority is Priority.BULK and not self.busy:
            self._seats.clear()  # the same batch again gives the same, whatever was read before it

    def _needed(self, queued: Sequence[Work]) -> int:
        """Tokens for as many of these as can sit at once, what all of them begin with counted once."""
        common = min(common_prefix(queued[0].ids, work.ids) for work in queued[: 4 * self.most])
        return common + min(self.most, len(queued)) * (max(work.need for work in queued) - common)

    def _remake(self, wanted: int, held: int, least: int) -> None:
        """A context of the size that is wanted, or what memory allows; the old one stays where that is too little.

        Who sits here must then read anew, which only much more room is worth.
        """
        cells = min(wanted, (held + self._making.room()) // GRAIN * GRAIN)
        if cells < least or cells <= (held * 3 // 2 if self.busy else held):
            return
        self.close()
        try:
            self._context = self._making.context(cells)
        except EngineError:  # llama.cpp has said no: without it jobs go one after the other, as they always can
            self.most = 1
            return
        self._seats = Seats(self._context, count=self.most, cells=cells)

    def _failed(self, error: WarmchatError) -> list[Work]:
        """What is in memory is uncertain: it goes, with everyone who sat there."""
        assert self._seats is not None
        works = [seat.sitter for seat in self._seats.taken if seat.sitter is not None]
        self.close()
        for work in works:
            work.fail(error)
        return works


def _rounded(tokens: int) -> int:
    return (tokens + GRAIN - 1) // GRAIN * GRAIN


def _tell(work: Work, context: BatchContext, at: int, count: int, index: int) -> None:
    """One that fails here (in drawing, in its text) does not take the others with it."""
    try:
        work.has_read(context, at, count, index)
    except WarmchatError as error:
        work.fail(error)
    except Exception as error:
        work.fail(EngineError(f"The engine failed: {error!r}", "the native log tells more"))
