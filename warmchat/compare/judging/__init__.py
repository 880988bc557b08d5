"""A model that is asked whether two replies part: how, whether it may, and what its word counts for."""
