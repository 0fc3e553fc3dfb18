"""From source to count: what came in, the one derived truth, the spans, and where what is stored differs from it."""

from metrics.models.contribution import Contribution
from metrics.models.counted import Counted
from metrics.models.delivery import Delivery, Hook, HookSecret, Release, Token, Withdrawal
from metrics.models.drift import Comparison, Drift
from metrics.models.source import Import, Source
from metrics.models.span import Span
from metrics.models.touched import Touched

__all__ = [
    "Comparison",
    "Contribution",
    "Counted",
    "Delivery",
    "Drift",
    "Hook",
    "HookSecret",
    "Import",
    "Release",
    "Source",
    "Span",
    "Token",
    "Touched",
    "Withdrawal",
]
