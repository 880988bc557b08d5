"""Which voice is meant by the other one, and whether a kept answer is checked: for the screen and for plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn
    from warmchat.session import ChatSession


def other_than(profile_id: str, ids: Sequence[str], reference: str, *preferred: str) -> str | None:
    """The voice that is meant beside this one.

    Args:
        preferred: who is meant beside the reference, where there are such voices; the companion comes after them.

    Returns:
        The reference, or beside that another voice; None where there is no other.
    """
    if profile_id != reference:
        return reference
    others = [i for i in ids if i != reference]
    return next((i for i in (*preferred, "companion") if i in others), others[0] if others else None)


def wants_check(session: ChatSession, turn: Turn) -> bool:
    """Whether a reply that was kept is to be checked, like every reply that is shown."""
    rules, reply = session.rules, turn.reply
    if reply is None or reply.stop == "cancelled" or turn.verdict is not None or rules.shadow == "off":
        return False
    return rules.shadow == "always" or reply.profile != rules.reference
