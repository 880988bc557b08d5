"""Profile files: find, parse, validate, and notice edits."""
