"""What a text asserts, one sort of claim to a module: numbers, names, polarity, refusals, and what asserts nothing."""
