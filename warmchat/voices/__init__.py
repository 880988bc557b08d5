"""How a voice answers: a profile and a transcript become a job for the engine. Used by sessions and measurements alike."""
