"""Hostile files, made without an end: ``python -m tests.attacks.fuzz --minutes 30``."""
