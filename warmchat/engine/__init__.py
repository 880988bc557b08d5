"""Making text: one protocol, an engine that is scripted, one that runs llama.cpp in a process of its own."""
