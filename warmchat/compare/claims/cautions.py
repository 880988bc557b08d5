"""Words of warning: what a reply says to keep somebody from harm, or sends them to somebody who knows."""

from __future__ import annotations

import re

STRONG = re.compile(
    # "I've never run before", "you never know": said of somebody, no warning
    r"(?<!\bi )(?<!\bwe )(?<!\bthey )(?<!\bwho )(?<!'ve )(?<!\bhave )(?<!\bhas )"
    r"\b(?:do not|don't|never|should not|shouldn't|must not|cannot safely|(?<!to )avoid|(?<!to )stop) "
    r"(?!hesitate|worry|know|have\b|think|mean|be\b|need|let\b|forget|want|like|see\b|understand|believe|feel)\w+|(?:\A"
    r"|[.!] )(?:please )?do not\."
    r"|\b(?:call|seek|get|go to) (?:an? |the |immediate |emergency |medical |professional |legal )*"
    r"(?:emergency|ambulance|911|112|999|help|attention|advice|doctor|hospital|lawyer|police)"
    r"|\b(?:see|consult|talk to|speak (?:to|with)|ask|check with|be seen by)"
    r" (?:an? |the |your |with |qualified |licensed |financial )*"
    r"(?:doctor|physician|pharmacist|lawyer|attorney|advis[eo]r|dermatologist|dentist|paediatrician|pediatrician"
    r"|therapist|vet|professional|specialist)"
    r"|\b(?:could|can|may|might|will|would) (?:lose|kill|die|hurt|harm|damage|make (?:it|you|things) worse"
    r"|be (?:fatal|a scam|fraud|dangerous|a sign of (?:an? |something |more |very )*(?:serious|infection|disease|stroke"
    r"|cancer|problem|condition|illness|injury|emergency|abuse|heart|danger|fraud|scam))|cost you|contain|give up)"
    r"|\b(?:serious|severe|high|great|very|big|real|warning) (?:risks?|signs?|dangers?)\b"
    r"|\b(?:dangerous|risky|life-threatening|illegal|fatal|deadly|toxic|poisonous|scam(?:mers?)?|fraud|unsafe|not safe"
    r"|against the law)\b",
    re.IGNORECASE,
)
