"""The session log in SQLite, its queries and its exports."""
