"""A small network that reads both replies beside the question and says how likely they disagree."""
