"""What the stages are, and the outbox of work to be done."""

from lifecycle.models.definitions import (
    Criterion,
    Definition,
    Duty,
    Facet,
    Milestone,
    Resource,
    Risk,
    Stage,
)
from lifecycle.models.edition import Edition
from lifecycle.models.job import Job
from lifecycle.models.suggestion import Suggestion

__all__ = [
    "Criterion",
    "Definition",
    "Duty",
    "Edition",
    "Facet",
    "Job",
    "Milestone",
    "Resource",
    "Risk",
    "Stage",
    "Suggestion",
]
