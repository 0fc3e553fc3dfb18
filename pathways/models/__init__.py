"""The people's ladder: pathways with their rules, and the people who walk them."""

from pathways.models.kind import Kind
from pathways.models.likeness import Likeness
from pathways.models.pathway import (
    ConversionPoint,
    DefaultPoint,
    Funnel,
    FunnelLink,
    Iteration,
    Level,
    Pathway,
    Step,
    Steward,
)
from pathways.models.people import (
    Affiliation,
    AffiliationRule,
    CommunityRole,
    Contributor,
    ContributorEvent,
    Enrolment,
    Identity,
    Mentorship,
)

__all__ = [
    "Affiliation",
    "AffiliationRule",
    "CommunityRole",
    "Contributor",
    "ContributorEvent",
    "ConversionPoint",
    "DefaultPoint",
    "Enrolment",
    "Funnel",
    "FunnelLink",
    "Identity",
    "Iteration",
    "Kind",
    "Level",
    "Likeness",
    "Mentorship",
    "Pathway",
    "Step",
    "Steward",
]
