"""All targets by name."""

from __future__ import annotations

from tests.attacks.fuzz import files, logs, models
from tests.attacks.fuzz.case import Target

TARGETS: dict[str, Target] = {target.name: target for target in (*files.TARGETS, *logs.TARGETS, *models.TARGETS)}
