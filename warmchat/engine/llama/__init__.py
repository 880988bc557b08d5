"""The engine over llama.cpp. It runs in a process of its own (see `warmchat.engine.process`)."""
