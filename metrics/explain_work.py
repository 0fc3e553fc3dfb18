"""Explains how much of the work of a year is not by staff: who did how much of it."""

from datetime import date
from operator import itemgetter

from django.utils.translation import gettext as _

from metrics.evidence import Evidence
from metrics.explain import Explanation, Who, ending, named
from metrics.left_out import Reason, other_people, uncounted
from metrics.measures.work import DAYS, by_person
from metrics.models import Span
from metrics.populations import EVERYTHING, PEOPLE
from teams.models import Population


def share(evidence: Evidence, last: date) -> Explanation:
    """The contributions of 365 days by person, who did most first."""
    found = sorted(by_person(evidence, last), key=itemgetter(2), reverse=True)
    volunteers, every = sum(row[1] for row in found), sum(row[2] for row in found)
    told = {"n": volunteers, "every": every, "percent": 100 * volunteers // every if every else 0}
    return Explanation(
        title=_("Share of the work not by staff"),
        value=told["percent"] if every else None,
        written=_("%(percent)d %% (%(n)d of %(every)d)") % told,
        formula=_(
            "Of all counted contributions of people, those that were not made as staff, in whole per cent, cut. "
            "Whoever works with the team counts as staff, as nothing that they do counts at its gate."
        ),
        as_of=last,
        window=ending(DAYS),
        people=named([Who(who, "", _("%(n)d of %(every)d") % {"n": n, "every": of}, day) for who, n, of, day in found]),
        heads=(_("Not by staff, of all"), _("Last of them"), ""),
        facts=[(_("Contributions"), every), (_("Not by staff"), volunteers)],
        left_out=[*_staff(evidence), *_bots(evidence), *uncounted(evidence.team, None, last)],
        points=[],
        reason="" if every else _("No contributions in these days."),
    )


def _staff(evidence: Evidence) -> list[Reason]:
    names = [f"{person.name} ({person.role_label})" for person in evidence.left_out]
    return [Reason(_("Works with the team, so counts as staff"), len(names), names=names)] if names else []


def _bots(evidence: Evidence) -> list[Reason]:
    everybody, people = (
        set(Span.objects.of(evidence.team, bits).filter(level=0).values_list("contributor_id", flat=True))
        for bits in (EVERYTHING, PEOPLE)
    )
    return other_people(Population.PEOPLE, everybody, people)
