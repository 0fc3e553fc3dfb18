"""The tables of pathways and of the people who walk them, to be taken along: each module registers its own."""

from pathways.tables import likenesses, pathways, person

__all__ = ["likenesses", "pathways", "person"]
