"""What the program talks about: plain frozen values from the standard library alone."""
