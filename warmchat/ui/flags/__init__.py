"""The disagreements of all sessions: a list to filter, a line over time, and the way back into the conversation."""
