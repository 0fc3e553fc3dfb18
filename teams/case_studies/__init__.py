"""Case studies of a team: published from what it writes here, or made known by their link; and withdrawn."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lifecycle import clock
from lifecycle.prepared import prepared
from teams.access import access_to
from teams.case_studies.names import named_in
from teams.models import CaseStudy, CaseStudyLink, CaseStudyText, Team, User
from teams.promotion import held
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused

#: What a reader may be sent to.
is_web_address = URLValidator(schemes=["http", "https"])


def of_team(team: Team) -> list[CaseStudy]:
    """Those that are published and not withdrawn, the latest first. One query."""
    return _published(team)


@prepared
def _published(team: Team) -> QuerySet[CaseStudy]:
    return CaseStudy.objects.filter(team=team, withdrawn_on__isnull=True).select_related("text")


def record(team: Team, *, actor: User, title: str, url: str, on: date | None = None) -> CaseStudy:
    """Records a case study that stands elsewhere, at `url`, since a day, today by default.

    Raises PermissionDenied, Refused, Busy, or Conflict (with the row) if the link is on the list already.
    """
    title, url, day = title.strip(), url.strip(), on or clock.today()
    with held(team) as locked:
        may_write(locked, actor)
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


def publish(team: Team, *, actor: User, seen: int, agreed: bool = False) -> CaseStudy:
    """Publishes the latest version of what is written here, in the place of the one that is published.

    `seen` is the version on the person's screen. A text that names people is refused unless they have `agreed`.
    Links to the version before stay: they show what it said.
    Raises PermissionDenied, Refused, Busy, or Conflict (with the latest version).
    """
    with held(team) as locked:
        may_write(locked, actor)
        latest = CaseStudyText.objects.filter(team=locked).first()
        if latest is None:
            raise Refused(_("Save the text first: what was only drafted by itself is not published."))
        if latest.seq != seen:
            raise Conflict(_("A newer version was saved meanwhile. Read it, then publish it."), latest)
        there = published(locked)
        if there is not None and there.text_id == latest.pk:
            raise Conflict(_("This version is published already."), latest)
        if not agreed and (named := named_in(latest)):
            raise Refused(_named(named))
        if there is not None:
            there.withdrawn_on = clock.today()
            there.save(update_fields=["withdrawn_on"])
        return CaseStudy.objects.create(
            team=locked, title=latest.title, text=latest, published_on=clock.today(), published_by=actor
        )


def _named(names: list[str]) -> str:
    told = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return _("The text names %(names)s. Write their roles instead, or say below that they have agreed.") % {
        "names": told
    }


def published(team: Team) -> CaseStudy | None:
    """What is written here and published. One query."""
    return CaseStudy.objects.filter(team=team, url="", withdrawn_on__isnull=True).select_related("text").first()


def withdraw(case_study: CaseStudy, *, actor: User, reason: str) -> CaseStudy:
    """Withdraws it, with a reason: from today on it does not count, and its links open nothing any more.

    Raises PermissionDenied, Refused, Busy, or Conflict with the fresh row.
    """
    with held(case_study.team) as locked:
        may_write(locked, actor)
        fresh = CaseStudy.objects.get(pk=case_study.pk)
        if fresh.withdrawn_on is not None:
            raise Conflict(_("It has been withdrawn already."), fresh)
        if not reason.strip():
            raise Refused(_("Say why it is withdrawn: the reason stays in the record."))
        fresh.withdrawn_on, fresh.withdrawn_because = clock.today(), reason.strip()
        fresh.save(update_fields=["withdrawn_on", "withdrawn_because"])
        if fresh.text_id:
            links = CaseStudyLink.objects.filter(case_study__team=locked, ended_at__isnull=True)
            links.update(ended_by=actor, ended_at=Now())
        return fresh


def may_write(team: Team, actor: User) -> None:
    """Activators and partners of a team that is not retired. Raises PermissionDenied."""
    if not access_to(actor, team).can_tell:
        raise PermissionDenied
