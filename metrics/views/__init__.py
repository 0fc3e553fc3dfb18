"""The pages of data and of explained numbers."""
