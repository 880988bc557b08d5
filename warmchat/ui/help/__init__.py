"""What can be done here, and with which keys."""
