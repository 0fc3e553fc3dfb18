"""Who does what in a stage: its duties, by role."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from lifecycle.models import Duty, Stage
from lifecycle.prepared import prepared


@dataclass(frozen=True)
class Part:
    """The duties of one role in one stage."""

    role: str
    label: str
    duties: tuple[Duty, ...]


def parts_of(stage: Stage) -> Sequence[Part]:
    """The parts of all roles. One query."""
    duties = _duties(stage)
    return [
        Part(role.value, str(role.label), tuple(duty for duty in duties if duty.role == role)) for role in Duty.Role
    ]


@prepared
def _duties(stage: Stage) -> QuerySet[Duty]:
    return Duty.objects.filter(stage=stage, retired=False)
