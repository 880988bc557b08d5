"""The chat line by line, for screen readers, pipes and terminals that can do nothing else."""
