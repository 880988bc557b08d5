"""Measurements in a file of their own beside the log: what was asked of whom, and every reply with what it was."""
