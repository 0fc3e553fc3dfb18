"""The floor of the house: what the stages are, and the shell of the project."""
