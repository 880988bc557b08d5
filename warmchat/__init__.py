"""warmchat: two voices on one local model, and a check on the warm one."""

__version__ = "0.1.0"
