"""A small network that reads both replies beside the question and says how likely they disagree."""

from warmchat.compare.cross_encoder.encoder import CrossEncoder, from_shipped, why_missing

__all__ = ["CrossEncoder", "from_shipped", "why_missing"]
