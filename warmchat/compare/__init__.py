"""Whether two replies to one message part, where, and how."""
