"""Profiles of other programs: aichat roles, agents of Claude Code and VS Code, llm templates, character cards."""
