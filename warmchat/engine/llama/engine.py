"""llama.cpp behind the engine protocol, in this process: one thread owns the contexts, a queue stands around it."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from warmchat.domain.conversation import Message, split_thinking
from warmchat.domain.errors import EngineError, EngineLost, ModelError, PromptTooLong, WarmchatError
from warmchat.domain.turn import Origin
from warmchat.engine.config import EngineConfig
from warmchat.engine.llama.adapters import AdapterStore
from warmchat.engine.llama.batch import Batch, Making, gathering_s
from warmchat.engine.llama.batch_context import BatchContext
from warmchat.engine.llama.devices import gpus
from warmchat.engine.llama.hidden import MOST_TOKENS, HiddenReading, WatchedLane
from warmchat.engine.llama.lanes import Lane, Lanes
from warmchat.engine.llama.memory import CHUNK, RESERVE, available_memory
from warmchat.engine.llama.native import Backend, Context, Model
from warmchat.engine.llama.plan import cache_for, loading_of, plan_context
from warmchat.engine.llama.prompt import PromptBuilder
from warmchat.engine.llama.reading import Reading
from warmchat.engine.llama.template import ChatTemplate
from warmchat.engine.llama.threads import ThreadPacer, usable_cores
from warmchat.engine.llama.work import Sink, Work
from warmchat.engine.protocol import Capabilities, EngineEvent, EngineInfo, Finished, Handle, Job, Priority
from warmchat.engine.queue import JobQueue

Task = Work | Reading | HiddenReading
ALONE = "batched, alone"  # the lane of batched jobs that are run one by one; no voice's text may give way to them


class LlamaEngine:
    """One model, loaded once. Loading blocks; afterwards all methods may be called from any thread.

    Args:
        backend: kept alive here; llama.cpp talks to its sink for as long as the engine lives.

    Raises:
        ModelError: the file cannot be loaded. NotEnoughMemory: it does not fit. EngineError: its template is broken.
    """

    def __init__(self, config: EngineConfig, backend: Backend) -> None:
        started = time.monotonic()
        self._backend = backend
        self._config = config
        loading = loading_of(config, gpus())
        self._model = model = Model(config.path, gpu_layers=loading.gpu_layers, mmap=loading.mmap)
        if not model.can_generate:
            model.close()
            raise ModelError(f"{Path(config.path).name} makes no text: it is an encoder or embedding model",
                             "choose a chat (instruct) model")  # fmt: skip
        template = ChatTemplate(
            model.meta("tokenizer.chat_template"), bos=model.token_text(model.bos), eos=model.token_text(model.eos)
        )
        self._prompts = PromptBuilder(model, template)
        self._plan = plan = plan_context(config, loading, cache_for(config, trained=model.n_ctx_train))
        self._threads = plan.threads
        self._pacer = ThreadPacer(self._threads, usable_cores(), fixed=config.threads > 0)
        self._n_ctx, self._way = plan.context.n_ctx, plan.context.way
        self._lanes: Lanes[Context] = Lanes(self._new_context, limit=plan.lanes, has_room=self._has_room)
        self._lanes.prepare()
        self._watched = WatchedLane(model.n_embd, self._new_context)
        self._adapters = AdapterStore(model)
        self._batch = Batch(
            Making(self._new_batch_context, self._adapters.apply, self._batch_room),
            most=1 if model.is_recurrent else config.together, cells=2 * self._n_ctx, chunk=CHUNK,
        )  # fmt: skip
        self._info = self._describe(template, time.monotonic() - started)
        self._inbox: deque[Callable[[], None]] = deque()
        self._wake = threading.Condition()
        self._queue: JobQueue[Task] = JobQueue()
        self._gathered_at = 0.0  # when the last batched job came in
        self._running: tuple[Task, Context] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    # ---- protocol

    def describe(self) -> EngineInfo:
        return self._info

    def count(self, messages: Sequence[Message]) -> int:
        return len(self._prompts.build(messages).ids)

    def submit(self, job: Job) -> Handle:
        handle = _LocalHandle(self)
        handle.work = self.start(job, handle.events.put)
        return handle

    def close(self) -> None:
        """End all jobs, free contexts and weights. Waits for the running step, which is aborted."""
        with self._wake:
            if self._closed:
                return
            self._closed = True
            self._abort_running()
            self._wake.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._watched.close()
        self._batch.close()
        self._lanes.close()
        self._adapters.close()
        self._model.close()

    # ---- what a process around it uses instead of `submit`

    def start(self, job: Job, sink: Sink) -> Task:
        """Queue a job whose events go to `sink`, from the engine's thread.

        Raises:
            PromptTooLong: the prompt does not fit the context.
        """
        work = self._task(job, sink)
        room = min(self._n_ctx, MOST_TOKENS) if job.task == "hidden" else self._n_ctx
        if len(work.ids) >= room:
            raise PromptTooLong(
                f"The text takes {len(work.ids):,} tokens; the context holds {room:,}",
                "shorten the message, or start with a larger --ctx",
            )
        self._post(lambda: self._push(work), outranks=work.priority)
        return work

    def _task(self, job: Job, sink: Sink) -> Task:
        origin = replace(
            self._origin, sampling=job.sampling, seed=job.sampling.seed or 0,
            adapters=tuple(asdict(adapter) for adapter in job.adapters),
        )  # fmt: skip
        if job.task == "read":
            ids = self._prompts.build(job.messages, reply=False, bare=job.bare).ids
            return Reading(job, ids, scored_from=None, piece=self._model.piece, origin=origin, chunk=CHUNK, sink=sink)
        if job.task == "hidden":
            ids, start = self._text_of(job)
            return HiddenReading(
                job, ids, start=start, watch=self._watched.watch, origin=origin, chunk=CHUNK, sink=sink
            )
        if job.task == "score":
            ids, start = self._text_of(job)
            return Reading(job, ids, scored_from=start, piece=self._model.piece, origin=origin, chunk=CHUNK, sink=sink)
        prompt = self._prompts.build(job.messages, job.continue_from, bare=job.bare)
        return Work(
            job, prompt, model=self._model, origin=origin, n_ctx=self._n_ctx, chunk=CHUNK, sink=sink,
            stops=self._prompts.template.stops,
        )  # fmt: skip

    def _text_of(self, job: Job) -> tuple[tuple[int, ...], int]:
        """What a job reads that makes nothing, and where in it the given reply begins."""
        if job.raw is not None:
            ids, start = self._prompts.build_raw(job.raw, job.continue_from)
            if not ids:
                raise EngineError("There is no text to read")
            return ids, max(1, start)  # nothing stands before the very first token, so it has no likelihood
        start = len(self._prompts.build(job.messages, bare=job.bare).ids)
        return self._prompts.build(job.messages, job.continue_from, bare=job.bare).ids, start

    def stop(self, work: Task) -> None:
        """Cancel a job; its sink gets ``Finished(stop="cancelled")`` unless it has ended already."""

        def end() -> None:
            if not work.done:
                self._queue.remove(work)
                work.finish("cancelled")
                self._batch.let_go()
                self._remember(work)

        self._post(end, cancels=work)

    # ---- the engine's thread

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._inbox and not self._closed and (rest := self._rest()) != 0:
                    self._wake.wait(rest)
                if self._closed:
                    break
                orders = list(self._inbox)
                self._inbox.clear()
            for order in orders:
                order()
            work = self._queue.first()
            if self._watched.is_open and not any(isinstance(task, HiddenReading) for task in self._queue):
                self._watched.close()
            if work is not None:
                if self._rest() == 0:  # else others are gathered to go with it
                    self._step(work)
            elif not self._batch.rest:
                self._batch.release()
        for work in self._queue:
            work.fail(EngineLost("The engine was closed"))

    def _push(self, work: Task) -> None:
        self._queue.push(work)
        if work.job.batched:
            self._gathered_at = time.monotonic()

    def _rest(self) -> float | None:
        """Seconds to wait for orders before there is something to do: 0 now, None for ever."""
        first = self._queue.first()
        if first is None:
            return self._batch.rest
        if not first.job.batched or self._batch.busy:
            return 0.0
        return max(0.0, self._gathered_at + gathering_s(first.priority) - time.monotonic())

    def _step(self, work: Task) -> None:
        over: list[Task] = []
        try:
            batched = self._batch_context(work)
            if batched is not None:
                if self._claim(work, batched):
                    over += self._batch.step(self._fellows(work), self._pacer.threads())
                return
            lane = self._lane_for(work)
            if self._claim(work, lane.context):
                lane.set_up(work.job.adapters, lambda context: self._adapters.apply(context, work.job.adapters))
                self._steps(work, lane)
        except WarmchatError as error:
            work.fail(error)
        except Exception as error:  # whatever it was, the job must end, or its reader waits for ever
            self._batch.close()  # those who sat there find another place with all that they have
            work.fail(EngineError(f"The engine failed: {error!r}", "the native log tells more"))
        finally:
            with self._wake:
                self._running = None
            for ended in {*over, work} if work.done else over:
                self._queue.remove(ended)
                self._remember(ended)

    def _steps(self, work: Task, lane: Lane[Context]) -> None:
        """Step after step while no order comes: who goes next can change by an order alone, and to look for it at each
        token takes 1 % of the small models' time. An order that comes between the look and the step aborts the step
        where that matters, as the claim still holds."""
        while True:
            lane.context.use_threads(self._pacer.threads())
            work.step(lane)
            if work.done or self._inbox or self._closed:
                return

    def _claim(self, work: Task, context: Context) -> bool:
        """From here on an order may abort this step; False where one came before: it goes first."""
        with self._wake:
            if self._inbox or self._closed:
                return False
            context.abort.clear()
            self._running = (work, context)
            return True

    def _batch_context(self, work: Task) -> Context | None:
        """The context in which this job is computed with others; None where it is run by itself."""
        if not isinstance(work, Work) or not work.job.batched or work.alone:
            return None
        context = self._batch.context_for(self._fellows(work))
        work.alone = context is None
        return context

    def _fellows(self, work: Work | Task) -> Iterator[Work]:
        """The batched jobs that are computed together with this one, or before it, in the order of the queue."""
        seated = self._batch.seated_as(work.priority)
        adapters = work.job.adapters if seated is None else seated
        for other in self._queue:
            if (isinstance(other, Work) and other.job.batched and not other.alone
                    and other.priority is work.priority and other.job.adapters == adapters):  # fmt: skip
                yield other

    def _post(
        self, order: Callable[[], None], *, outranks: Priority | None = None, cancels: Task | None = None
    ) -> None:
        """Give the engine's thread something to do; the running step is aborted where the order makes it useless."""
        with self._wake:
            if self._closed:
                raise EngineLost("The engine is closed")
            self._inbox.append(order)
            if self._running is not None:
                work, _ = self._running
                together = work.job.batched  # such a step is longer, and loses nothing when it is done again
                useless = work is cancels or (together and cancels is not None and cancels.job.batched)
                outranked = outranks is not None and outranks < work.priority and (work.reading_prompt or together)
                if useless or outranked:
                    self._abort_running()
            self._wake.notify_all()

    def _abort_running(self) -> None:
        if self._running is not None:
            self._running[1].abort.set()

    def _remember(self, work: Task) -> None:
        """Keep the ids of what was said: the next prompt will hold this text."""
        thinking, _ = split_thinking(work.text)
        if not thinking and work.text and not work.job.continue_from:
            self._prompts.remember_reply(work.text, work.drawn)

    # ---- making

    def _lane_for(self, work: Task) -> Lane[Context]:
        if isinstance(work, HiddenReading):
            return self._watched.lane()
        return self._lanes.lane(ALONE if work.job.batched else work.job.sequence)

    def _new_context(self, watch: object = None) -> Context:
        n_ctx = self._n_ctx if watch is None else min(self._n_ctx, MOST_TOKENS)
        return Context(
            self._model, n_ctx=n_ctx, threads=self._threads, chunk=CHUNK, gpu_layers=self._plan.gpu_layers,
            kv_type=self._way.kv_type, flash_attention=self._way.flash_attention, watch=watch,
        )  # fmt: skip

    def _new_batch_context(self, cells: int) -> BatchContext:
        return BatchContext(
            self._model, n_ctx=cells, threads=self._threads, chunk=CHUNK, gpu_layers=self._plan.gpu_layers,
            kv_type=self._way.kv_type, flash_attention=self._way.flash_attention,
            sequences=max(2, self._config.together),
        )  # fmt: skip

    def _has_room(self) -> bool:
        """For one more lane. A batch gives its memory back for it: a voice's text is read again and again."""
        wanted = self._plan.here + RESERVE
        if self._config.memory_limit > 0 or available_memory() > wanted:
            return True
        return self._batch.release() and available_memory() > wanted

    def _batch_room(self) -> int:
        """Tokens that a batch may hold beside what is in use now and the lane of a second voice."""
        lanes, each = max(1, len(self._lanes)), self._plan.here
        free = available_memory()
        if self._config.memory_limit > 0:
            free = self._config.memory_limit - self._model.size - lanes * each
        free -= RESERVE + max(0, 2 - lanes) * each
        return int(max(0, free) // max(1.0, self._plan.context.per_token))

    @property
    def _origin(self) -> Origin:
        info = self._info
        return Origin(
            model=info.model, model_name=info.model_name, template=info.template, threads=info.threads,
            kv_type=info.kv_type, versions=info.versions,
        )  # fmt: skip

    def _describe(self, template: ChatTemplate, load_s: float) -> EngineInfo:
        model = self._model
        notes = []
        if template.generic:
            notes.append("This model has no chat template: a plain User/Assistant form is used. Is it a chat model?")
        if template.folds_system:
            notes.append("This model's template takes no system prompt: it is put before your first message.")
        return EngineInfo(
            model=self._config.identity,
            model_name=_name_of(Path(self._config.path), model.meta("general.name")),
            path=self._config.path,
            architecture=model.meta("general.architecture"),
            quantisation=model.description.split()[-1],
            n_params=model.n_params,
            size_bytes=model.size,
            n_ctx_train=model.n_ctx_train,
            template=template.hash,
            **self._plan.as_info(),
            versions={"llama-cpp-python": version("llama-cpp-python"), "llama.cpp": self._backend.version(),
                      "warmchat": version("warmchat")},
            machine=self._backend.machine(),
            load_s=load_s,
            notes=tuple(notes),
            own_system=template.own_system,
            base=self._config.base,
            capabilities=Capabilities(adapters=True, hidden_states=True, scores=True, batched=self._batch.most),
        )  # fmt: skip


def _name_of(path: Path, inner: str) -> str:
    """What people call this model: its file's name, which says size and quantisation; a blob's file says nothing."""
    return inner or path.stem if path.stem.startswith("sha256") else path.stem


class _LocalHandle:
    """A job's events, for callers in the same process."""

    def __init__(self, engine: LlamaEngine) -> None:
        self.events: queue.SimpleQueue[EngineEvent | WarmchatError] = queue.SimpleQueue()
        self.work: Task | None = None
        self._engine = engine

    def __iter__(self) -> Iterator[EngineEvent]:
        while True:
            event = self.events.get()
            if isinstance(event, WarmchatError):
                raise event
            yield event
            if isinstance(event, Finished):
                return

    def cancel(self) -> None:
        if self.work is not None and not self.work.done:
            self._engine.stop(self.work)
