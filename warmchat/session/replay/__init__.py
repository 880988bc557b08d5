"""Making a logged reply again from what the log holds, and telling whether it is equal and what could differ."""
