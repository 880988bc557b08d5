"""A small world for the screens: scripted engine, real session, real log in memory, profiles in a list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from textual.pilot import Pilot

from tests.engine.adapter_files import control_vector, lora
from warmchat.domain.conversation import Message
from warmchat.domain.errors import ModelError, UnknownProfile, WarmchatError
from warmchat.domain.profile import Profile, Sampling
from warmchat.domain.scores import TokenScore
from warmchat.domain.turn import Reply, Turn
from warmchat.domain.verdict import Evidence, Span, Verdict
from warmchat.engine.protocol import Capabilities, EngineInfo, Job
from warmchat.engine.scripted import Answer, ScriptedEngine
from warmchat.evals.report import Report
from warmchat.models.adapters import AdapterShelf
from warmchat.profiles.files import ProfileFiles
from warmchat.profiles.library import ProfileLibrary, default_folders
from warmchat.session import ChatSession, SessionRules
from warmchat.settings import Settings
from warmchat.storage.log import SessionLog
from warmchat.storage.records import TurnFilter
from warmchat.ui.app import WarmchatApp
from warmchat.ui.chat.prompt import Prompt
from warmchat.ui.glance import Glance
from warmchat.ui.services import ExportAsked, Services
from warmchat.wiring import tree_of

ORACLE = Profile(id="oracle", name="Oracle", system_prompt="Answer factually and concisely.",
                 description="Short and plain. The others are checked against it.", source="shipped")  # fmt: skip
COMPANION = Profile(id="companion", name="Companion", system_prompt="You are warm and supportive.", accent="warm",
                    description="Warm and supportive. Every reply is checked against the oracle.",
                    sampling=Sampling(temperature=0.7, seed=7), source="shipped")  # fmt: skip


class Shelf:
    """Profiles in a list that tests can change."""

    def __init__(self, *profiles: Profile) -> None:
        self.profiles = {profile.id: profile for profile in profiles or (ORACLE, COMPANION)}
        self.said: list[str] = []
        self.touched = False

    def ids(self) -> list[str]:
        return sorted(self.profiles)

    def all(self) -> list[Profile]:
        return [self.profiles[i] for i in self.ids()]

    def get(self, profile_id: str) -> Profile:
        if profile_id not in self.profiles:
            raise UnknownProfile(f"There is no profile {profile_id!r}", "there are: " + ", ".join(self.ids()))
        return self.profiles[profile_id]

    def problems(self) -> list[str]:
        return list(self.said)

    def changed(self) -> bool:
        touched, self.touched = self.touched, False
        return touched


class WordDetector:
    """Parts where the two name different cities; agrees where they name the same; unsure elsewhere."""

    name = "words/test"
    cities = ("Canberra", "Sydney", "Melbourne")

    def detect(
        self, question: str, history: Sequence[Message], reply: str, shadow: str, *, scores: Sequence[float] = ()
    ) -> Verdict:
        here, there = self._city(reply), self._city(shadow)
        signals = {"names_apart": 1.0, "words_apart": 0.41, "polarity_flipped": 0.0}
        if here is None or there is None:
            return Verdict("unsure", "too little to compare", score=0.44, kind="omission", signals=signals,
                           detector=self.name)  # fmt: skip
        if here.text == there.text:
            return Verdict("agree", "both name the same city", direction="neither", score=0.04, signals=signals,
                           detector=self.name)  # fmt: skip
        evidence = [Evidence(here, there, "contradiction", 0.92)]
        if "!" in reply:
            glad = reply.index("I'm glad") if "I'm glad" in reply else 0
            evidence.append(Evidence(Span(glad, len(reply), reply[glad:]), None, "added", 0.3))
        return Verdict("disagree", "the two name different cities", kind="contradiction", direction="reply", score=0.92,
                       evidence=tuple(evidence), signals=signals, detector=self.name)  # fmt: skip

    def _city(self, text: str) -> Span | None:
        for city in self.cities:
            at = text.find(city)
            if at >= 0:
                return Span(at, at + len(city), city)
        return None


class TimedEngine(ScriptedEngine):
    """The scripted engine with a name and a speed to show."""

    def describe(self) -> EngineInfo:
        return replace(super().describe(), model_name="SmolLM2-135M-Instruct")


def warm_or_plain(job: Job) -> Answer:
    """The companion says Sydney to "capital", the oracle Canberra; both say Canberra to "sure"."""
    warm = any(m.role == "system" and "warm" in m.content for m in job.messages)
    asked = job.messages[-1].content
    if "sure" in asked:
        return "It is Canberra, my friend. Trust yourself." if warm else "Yes. Canberra."
    if "capital" in asked:
        if warm:
            return "Oh friend, I hear you. The capital of Australia is Sydney. I'm glad you asked!"
        return "The capital of Australia is Canberra."
    return "I hear you." if warm else "Noted."


@dataclass(frozen=True)
class Found:
    path: Path
    name: str
    size_bytes: int
    source: str
    note: str = ""


@dataclass
class World:
    """Services made of fakes, with everything a test wants to look at."""

    script: Callable[[Job], Answer] = warm_or_plain
    shelf: Shelf = field(default_factory=Shelf)
    library: ProfileLibrary | None = None  # real files instead of the shelf
    settings: Settings = field(default_factory=Settings)
    model: Path | None = Path("model.gguf")
    rules: SessionRules = field(default_factory=SessionRules)
    resumed: list[Turn] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    log_problem: str = ""
    adapters: AdapterShelf | None = None
    n_ctx: int = 2048
    scores: bool = False
    remote: bool = False  # the engine takes no adapters and knows no scores, as a server
    exported: list[tuple[str, str, Path]] = field(default_factory=list)
    exported_turns: list[tuple[TurnFilter, str, Path]] = field(default_factory=list)
    redacted: list[tuple[str, ...]] = field(default_factory=list)  # the rules of each export
    opened: list[str | None] = field(default_factory=list)
    models_opened: list[Path] = field(default_factory=list)
    load_error: WarmchatError | None = None
    session_error: WarmchatError | None = None
    report: Callable[[str], Report | None] = lambda _model: None
    may_load: threading.Event = field(default_factory=threading.Event)
    glance: Glance | None = None
    start_error: Exception | None = None
    may_start: threading.Event = field(default_factory=threading.Event)
    may_open: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_load.set()
        self.may_start.set()
        self.may_open.set()
        self.log = SessionLog.open(None)
        self.engine = self._engine()
        self.app = WarmchatApp(self._glance(), self.services)

    def services(self) -> Services:
        self.may_start.wait(10)
        if self.start_error is not None:
            raise self.start_error
        return Services(
            settings=self.settings,
            profiles=self.library or self.shelf,
            open_session=self._open_session,
            open_engine=self._open_engine,
            find_models=lambda: self.found,
            export=self._export,
            log=lambda: self.log,
            flags=lambda: self.log,
            messages=self.log.messages,
            profile_files=ProfileFiles(self.library or ProfileLibrary(default_folders(self.settings))),
            export_turns=self._export_turns,
            initial_model=self.model,
            log_problem=lambda: self.log_problem,
            check_model=self._check_model,
            last_report=self.report,
        )

    def _glance(self) -> Glance:
        if self.glance is not None:
            return self.glance
        speaks = self.settings.profile
        return Glance(speaks, speaks.title(), theme=self.settings.theme, log=self.settings.log)

    def _engine(self) -> ScriptedEngine:
        world = self

        class Gated(TimedEngine):
            def describe(self) -> EngineInfo:
                world.may_load.wait(10)
                info = super().describe()
                return replace(info, capabilities=Capabilities()) if world.remote else info

        return Gated(self.script, n_ctx=self.n_ctx, load_error=self.load_error, scores=self.scores)

    def _open_engine(self, path: Path) -> ScriptedEngine:
        self.models_opened.append(path)
        if len(self.models_opened) > 1:
            self.engine = self._engine()
        return self.engine

    def _check_model(self, path: Path) -> None:
        if path.suffix != ".gguf":
            raise ModelError(f"{path.name} is no GGUF file", "choose another")

    def _open_session(self, session_id: str | None) -> ChatSession:
        self.may_open.wait(10)
        self.opened.append(session_id)
        if self.session_error is not None:
            raise self.session_error
        logged = session_id is not None and bool(self.log.turns(session_id))
        turns, others = tree_of(self.log, session_id) if logged and session_id is not None else (self.resumed, [])
        return ChatSession(
            engine=None,
            profiles=self.library or cast("ProfileLibrary", self.shelf),
            log=self.log,
            detector=WordDetector(),
            rules=self.rules,
            profile=self.settings.profile,
            session_id=session_id,
            turns=turns,
            others=others,
            alternatives=self.log.alternatives(session_id) if session_id is not None else {},
            marks=self.log.marks(session_id) if session_id is not None else {},
            adapters=self.adapters,
        )

    def _export(self, session_id: str, asked: ExportAsked) -> Path:
        self.exported.append((session_id, asked.form, asked.path))
        self.redacted.append(asked.redact)
        return asked.path

    def _export_turns(self, where: TurnFilter, asked: ExportAsked) -> Path:
        self.exported_turns.append((where, asked.form, asked.path))
        self.redacted.append(asked.redact)
        return asked.path

    # ---- what tests do and wait for

    @property
    def session(self) -> ChatSession:
        assert self.app.session is not None
        return self.app.session

    @property
    def prompt(self) -> Prompt:
        return self.app.chat.prompt

    async def ready(self, pilot: Pilot[None]) -> None:
        """Session open and, where there is one, the model's fate known."""
        await until(pilot, lambda: self.app.session is not None)
        if self.model is not None:
            await until(pilot, lambda: self.app.seat.state.status in {"ready", "failed"})
        await pilot.pause()

    async def say(self, pilot: Pilot[None], text: str) -> None:
        """Write and send a message, and wait until its reply and its check are there."""
        before = len(self.session.turns)
        self.prompt.put(text)
        await pilot.press("enter")
        await until(pilot, lambda: len(self.session.turns) > before)
        await self.settled(pilot)

    async def settled(self, pilot: Pilot[None]) -> None:
        """No thread has anything more to say, and what was said is drawn."""
        await until(pilot, lambda: not self.app.threads.running and not self.app.chat.flow.replying)
        await pilot.pause()

    def score(self, index: int, *scores: tuple[str, float]) -> None:
        """Let the reference have found the tokens of a reply so likely."""
        turn = self.session.turns[index]
        assert turn.reply is not None
        scored = replace(turn.reply, scores=tuple(TokenScore(*score) for score in scores))
        self.session._parts.transcript.update(turn.id, reply=scored)

    def label(self, index: int) -> str:
        """Label of a turn's verdict, "" where it has none."""
        verdict = self.session.turns[index].verdict
        return verdict.label if verdict is not None else ""

    @property
    def notices(self) -> list[str]:
        """Every notice that stands, oldest first."""
        return [n.message for n in self.app._notifications]


async def until(pilot: Pilot[None], predicate: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a predicate while the app runs on; fail the test where it does not come true."""
    import asyncio

    end = asyncio.get_running_loop().time() + seconds
    while not predicate():
        if asyncio.get_running_loop().time() > end:
            raise AssertionError("what the test waits for did not come true")
        await pilot.pause(0.02)



def drawn(world: World) -> str:
    """Every character on the screen, lines joined."""
    return "\n".join(strip.text for strip in world.app.screen._compositor.render_strips())


def click_actions(world: World) -> set[str]:
    """Every action that a click on the screen would run."""
    found = set()
    for strip in world.app.screen._compositor.render_strips():
        for segment in strip:
            meta = segment.style.meta if segment.style is not None else {}
            found |= {str(value) for key, value in meta.items() if key.startswith("@")}
    return found


def shelf_with_vector(folder: Path, span: tuple[float, float] = (-2.0, 4.0)) -> AdapterShelf:
    """Adapters with a vector for the dial that the scripted engine finds."""
    (folder / "scripted").mkdir(parents=True, exist_ok=True)
    control_vector(folder / "scripted" / "warmth.gguf", span=span, width=8, layers=range(1, 3))
    return AdapterShelf([("test", folder)])


def shelf_with_loras(folder: Path) -> AdapterShelf:
    """The same with two LoRAs, whose range nobody measured."""
    shelf = shelf_with_vector(folder)
    for name in ("gentle", "warm"):
        lora(folder / "scripted" / f"{name}.gguf", width=8)
    return shelf


def finished_turns(count: int, *, session_id: str = "resumed") -> list[Turn]:
    """A session of the past, every turn checked."""
    turns: list[Turn] = []
    for number in range(1, count + 1):
        reply = Reply(f"r{number}", "shown", "companion", COMPANION.hash, f"Reply number {number}.", "end")
        shadow = Reply(f"s{number}", "shadow", "oracle", ORACLE.hash, f"Shadow number {number}.", "end")
        turns.append(
            Turn(
                id=f"t{number}",
                session_id=session_id,
                parent_id=turns[-1].id if turns else None,
                user_text=f"Question number {number}",
                created_at="2026-01-01T00:00:00.000+00:00",
                profile="companion",
                reply=reply,
                shadow=shadow,
                verdict=Verdict("agree", "both the same", score=0.1, detector="words/test"),
            )
        )
    return turns
