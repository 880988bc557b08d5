"""Small modal lists and forms: model, profile, session, export, file."""
