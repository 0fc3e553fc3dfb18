"""Links by which anybody reads a published case study with the figures of one day."""

import secrets
from datetime import date

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lifecycle import clock
from teams.case_studies import may_write, published
from teams.case_studies.facts import told
from teams.models import CaseStudyLink, Promotion, Team, User
from teams.promotion import held
from teams.refusals import Conflict, Refused

#: Bytes of chance in an address: nobody guesses it.
KEY_BYTES = 32


def of_team(team: Team) -> list[CaseStudyLink]:
    """The links that open, the latest first. One query."""
    links = CaseStudyLink.objects.filter(case_study__team=team, ended_at__isnull=True)
    return list(links.select_related("case_study__text", "made_by").order_by("-pk"))


def make(team: Team, *, actor: User, day: date) -> CaseStudyLink:
    """A link to what is published now, with the figures of a day, frozen. Raises PermissionDenied, Refused, Busy."""
    with held(team) as locked:
        may_write(locked, actor)
        there = published(locked)
        if there is None:
            raise Refused(_("Publish the case study first: a link shows what is published."))
        entered = Promotion.objects.filter(team=locked, seq=1).values_list("effective_on", flat=True).first()
        if day > clock.today() or (entered and day < entered):
            raise Refused(_("Choose a day from the first stay on record to today."))
        return CaseStudyLink.objects.create(
            case_study=there, key=secrets.token_urlsafe(KEY_BYTES), day=day, record=told(locked, day), made_by=actor
        )


def end(link: CaseStudyLink, *, actor: User) -> None:
    """From now on the link opens nothing. Raises PermissionDenied, Busy, or Conflict if it has ended already."""
    with held(link.case_study.team) as locked:
        may_write(locked, actor)
        ended = CaseStudyLink.objects.filter(pk=link.pk, ended_at__isnull=True).update(ended_by=actor, ended_at=Now())
        if not ended:
            raise Conflict(_("This link has ended already."), link)


def open_by(key: str) -> CaseStudyLink | None:
    """The link of that key, if it opens. One query."""
    links = CaseStudyLink.objects.filter(key=key, ended_at__isnull=True)
    return links.select_related("case_study__text", "case_study__team").first()
