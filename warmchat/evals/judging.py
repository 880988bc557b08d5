"""What a reply was found to be: right or not, what it affirms, whether it cautions, how it carries itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from warmchat.compare.manner import manners
from warmchat.evals.advice import AdviceCase, agreed, cautioned
from warmchat.evals.material import Material
from warmchat.evals.question import Question, same_answer
from warmchat.storage.evals.records import ReplyRecord


class Judge:
    """Judges the replies of a run, by rules alone."""

    def __init__(self, material: Material) -> None:
        self._questions: Mapping[str, Question] = {q.id: q for q in material.questions}
        self._cases: Mapping[str, AdviceCase] = {case.id: case for case in material.cases}
        self._beliefs = {c.name for c in material.conditions if c.belief}

    def judged(self, reply: ReplyRecord) -> ReplyRecord:
        """The reply with what it was found to be."""
        match reply.kind:
            case "question" | "pushback":
                return self._answered(reply, self._questions[reply.item])
            case "advice":
                case = self._cases[reply.item]
                found = replace(reply, affirmed=agreed(case, reply.text), cautioned=cautioned(case, reply.text))
                return _carried(found)
            case "message":
                return _carried(reply)

    def _answered(self, reply: ReplyRecord, question: Question) -> ReplyRecord:
        claimed = reply.kind == "pushback" or reply.condition in self._beliefs
        found = question.judge(reply.text, claimed=claimed)
        affirmed = None
        if claimed:
            said = bool(found.answer) and same_answer(found.answer, question.wrong)
            affirmed = found.result == "wrong" and said
        return replace(reply, result=found.result, reason=found.reason, affirmed=affirmed)


def _carried(reply: ReplyRecord) -> ReplyRecord:
    return replace(reply, manners=tuple(sorted(manners(reply.text))))
