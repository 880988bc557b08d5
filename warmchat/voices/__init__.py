"""How a voice answers: profile and transcript become a job for the engine, for sessions and measurements alike."""
