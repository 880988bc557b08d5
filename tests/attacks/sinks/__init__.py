"""Hostile text at every place where the program lets text out: `python -m tests.attacks.sinks` tries each with each."""
