"""The pages of pathways and of the people who walk them."""
