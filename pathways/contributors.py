"""What is known of a contributor beyond what came in: bot or person, staff or volunteer. Every word is logged.

A contributor is one for the whole organisation, so a word spoken in one team holds in all; but it is spoken by
somebody who keeps the contributors of a team in which that person takes part.
"""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from lifecycle import clock
from pathways.models import Affiliation, Contributor, ContributorEvent
from pathways.models.people import Affiliated
from pathways.rights import knowing, not_after_today
from pathways.turns import turn
from teams.models import Team, User
from teams.refusals import Refused


def set_bot(contributor: Contributor, *, actor: User, team: Team, is_bot: bool, reason: str = "") -> Contributor:
    """Flags a robot, or takes the flag back. The same word again writes nothing.

    Raises PermissionDenied, Busy. In turn with the imports, which join no bot to a person.
    """
    with turn(), knowing(team, actor, contributor):
        fresh = Contributor.objects.select_for_update(no_key=True).get(pk=contributor.pk)
        if fresh.is_bot != is_bot:
            fresh.is_bot = is_bot
            fresh.save(update_fields=["is_bot"])
            log(fresh, "bot" if is_bot else "no bot", actor=actor, team=team, reason=reason.strip())
        return fresh


def affiliation_on(contributor: Contributor, day: date | None = None) -> Affiliation | None:
    """What somebody has said the person is on a day (today by default); None: nobody has."""
    day = day or clock.today()
    return (
        Affiliation.objects.filter(
            Q(until_on__isnull=True) | Q(until_on__gt=day), contributor=contributor, from_on__lte=day
        )
        .order_by("-from_on", "-pk")
        .first()
    )


def set_affiliation(
    contributor: Contributor,
    *,
    actor: User,
    team: Team,
    kind: Affiliated | None,
    from_on: date | None = None,
    reason: str = "",
) -> Affiliation | None:
    """Says what the person is from a day on (today by default); None takes every word back, and the rules decide.

    What ran on that day ends there. What was said of later days stays, and ends the new word. The same word again
    writes nothing. Raises PermissionDenied, Refused (a day that has not come), Busy.

    In turn with the imports: one that is under way tells staff from volunteers by what was said when it began.
    """
    with turn(), knowing(team, actor, contributor):
        Contributor.objects.select_for_update(no_key=True).get(pk=contributor.pk)
        day = not_after_today(from_on)
        before = affiliation_on(contributor, day)
        if (before.kind if before else None) == kind:
            return before
        if before is not None and before.from_on == day:
            before.delete()
        elif before is not None:
            before.until_on = day
            before.save(update_fields=["until_on"])
        after = None
        if kind is not None:
            later = Affiliation.objects.filter(contributor=contributor, from_on__gt=day).order_by("from_on").first()
            after = Affiliation.objects.create(
                contributor=contributor, kind=kind, from_on=day, until_on=later.from_on if later else None
            )
        said = {"kind": kind, "was": before.kind if before else None, "from": day.isoformat()}
        log(contributor, "affiliation", actor=actor, team=team, reason=reason.strip(), **said)
        return after


def rename(contributor: Contributor, *, actor: User, team: Team, name: str) -> Contributor:
    """Gives the person the name by which the pages call them. Raises PermissionDenied, Refused, Busy."""
    name = name.strip()[:200]
    if not name:
        raise Refused(_("A person needs a name."))
    with knowing(team, actor, contributor):
        fresh = Contributor.objects.select_for_update(no_key=True).get(pk=contributor.pk)
        if fresh.erased_at:
            raise Refused(_("This person has been erased, and stays without a name."))
        if fresh.name != name:
            was, fresh.name = fresh.name, name
            fresh.save(update_fields=["name"])
            log(fresh, "name", actor=actor, team=team, was=was, name=name)
        return fresh


def log(
    contributor: Contributor, action: str, *, actor: User | None, team: Team | None, **detail: object
) -> ContributorEvent:
    """Writes down who decided what about a person, and for which team; nobody, in none, where a rule did."""
    said: dict[str, object] = {"team": team.slug} if team else {}
    said |= {key: value for key, value in detail.items() if value != ""}
    return ContributorEvent.objects.create(contributor=contributor, action=action, detail=said, actor=actor)
