"""The command line: one module per command group; arguments become settings, settings become a wired program."""
