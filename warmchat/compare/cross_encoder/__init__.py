"""A small network that reads both replies beside the question and says how likely they disagree."""

from warmchat.compare.cross_encoder.encoder import CrossEncoder, Seen, from_shipped, why_missing

__all__ = ["CrossEncoder", "Seen", "from_shipped", "why_missing"]
