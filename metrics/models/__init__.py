"""From source to count: what came in, and the one derived truth, the spans."""

from metrics.models.contribution import Contribution
from metrics.models.source import Import, Source
from metrics.models.span import Span
from metrics.models.touched import Touched

__all__ = ["Contribution", "Import", "Source", "Span", "Touched"]
