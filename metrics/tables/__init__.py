"""The tables of what is counted, and of where it comes from, to be taken along: each module registers its own."""

from metrics.tables import data, imports, outcomes, people, person

__all__ = ["data", "imports", "outcomes", "people", "person"]
