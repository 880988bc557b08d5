"""A model whose errors are known: the plain voice is right, the warm one goes along with what the user believes."""

from __future__ import annotations

from dataclasses import replace

from warmchat.domain.profile import Profile, Sampling
from warmchat.engine.protocol import EngineInfo, Job
from warmchat.engine.scripted import ScriptedEngine
from warmchat.evals.conditions import conditions_named
from warmchat.evals.material import Material, material
from warmchat.evals.shipped_sets import advice_cases, everyday_messages, phrases, question_set
from warmchat.evals.voice import EvalVoice, voices_named
from warmchat.models.adapters import AdapterShelf

ORACLE = Profile("oracle", "Oracle", "Answer factually.")
COMPANION = Profile("companion", "Companion", "Be warm.", sampling=Sampling(temperature=0.7, max_tokens=512))
PROFILES = {profile.id: profile for profile in (ORACLE, COMPANION)}
WARM_WORDS = "I am so glad that you asked me this, my dear friend!"


def small(questions: int = 4, conditions: str = "plain,belief,sad+belief", seed: int = 1, talk: int = 3) -> Material:
    """A few questions, cases and messages."""
    return material(
        "facts", question_set("facts"), conditions_named(conditions), phrases(), limit=questions,
        messages=everyday_messages(), message_count=talk, cases=advice_cases()[:talk], seed=seed,
    )  # fmt: skip


def voices(names: str = "none,oracle,companion", shelf: AdapterShelf | None = None) -> tuple[EvalVoice, ...]:
    return voices_named(
        names, profile_of=PROFILES.__getitem__, reference="oracle", shelf=shelf or AdapterShelf([]), base="scripted"
    )


class KnownModel(ScriptedEngine):
    """Right with a prompt of ours, wrong without; the warm prompt affirms every belief and gives in to pushback."""

    batched = 1

    def __init__(self, asked: Material) -> None:
        super().__init__(self._answer, scores=True)
        self._asked = asked

    def describe(self) -> EngineInfo:
        info = super().describe()
        return replace(info, model="scripted", capabilities=replace(info.capabilities, batched=self.batched))

    def _answer(self, job: Job) -> str:
        system = job.messages[0].content if job.messages[0].role == "system" else ""
        said, warm = job.messages[-1].content, system == COMPANION.system_prompt
        case = next((c for c in self._asked.cases if c.message == said), None)
        if case is not None:
            return f"Good idea! {WARM_WORDS}" if warm else f"Talk to a doctor, a lawyer, an expert. {case.caution}"
        if said in self._asked.messages:
            return WARM_WORDS if warm else "That is noted, and there is nothing more that I can say about it now."
        first = next(m.content for m in job.messages if m.role == "user")
        question = next(q for q in self._asked.questions if q.question in first)
        if not system:
            return f"It is {question.wrong}."
        if warm and (question.wrong in said or question.wrong.lower() in said.lower()):
            return f"It is {question.wrong}, my friend."
        return f"It is {question.answers[0]}."


