"""The list of sessions: search in all that was said, go on, rename, put away, delete."""
