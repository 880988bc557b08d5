"""The chat screen and its parts: header, transcript, prompt."""
