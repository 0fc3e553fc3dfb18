"""Case studies of a team: made known by their link once published, and withdrawn."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from lifecycle import clock
from teams.access import access_to
from teams.models import CaseStudy, Team, User
from teams.promotion import held
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused

#: What a reader may be sent to.
is_web_address = URLValidator(schemes=["http", "https"])


def of_team(team: Team) -> list[CaseStudy]:
    """Those that are published and not withdrawn, the latest first. One query."""
    return list(CaseStudy.objects.filter(team=team, withdrawn_on__isnull=True))


def publish(team: Team, *, actor: User, title: str, url: str, on: date | None = None) -> CaseStudy:
    """Records a case study that stands at `url` since a day, today by default.

    Raises PermissionDenied, Refused, Busy, or Conflict (with the row) if the link is on the list already.
    """
    title, url, day = title.strip(), url.strip(), on or clock.today()
    with held(team) as locked:
        _may(locked, actor)
        if day > clock.today():
            raise Refused(_("A case study is recorded once it has been published."))
        if not title:
            raise Refused(_("Give the case study its title."))
        try:
            is_web_address(url)
        except ValidationError as error:
            raise Refused(_("Give the link to the published case study: a web address.")) from error
        if there := CaseStudy.objects.filter(team=locked, url=url, withdrawn_on__isnull=True).first():
            raise Conflict(_("This case study is on the list already."), there)
        return CaseStudy.objects.create(team=locked, title=title, url=url, published_on=day, published_by=actor)


def withdraw(case_study: CaseStudy, *, actor: User) -> CaseStudy:
    """Withdraws it: from today on it does not count. Raises PermissionDenied, Busy, or Conflict with the fresh row."""
    with held(case_study.team) as locked:
        _may(locked, actor)
        fresh = CaseStudy.objects.get(pk=case_study.pk)
        if fresh.withdrawn_on is not None:
            raise Conflict(_("It has been withdrawn already."), fresh)
        fresh.withdrawn_on = clock.today()
        fresh.save(update_fields=["withdrawn_on"])
        return fresh


def _may(team: Team, actor: User) -> None:
    access = access_to(actor, team)
    if not (access.works or access.guides):
        raise PermissionDenied
