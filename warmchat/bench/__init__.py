"""How fast this program is on this machine, against a raw loop and against llama-cpp-python's own class."""
