"""Pathways: opening them, changing what they say, connecting them to funnels, recording what was tried.

Every verb holds the team's row, as the version triggers will: so two writers of one team wait for each other in one
order, and what a form was filled from is compared with what is there.
"""

from collections.abc import Iterable
from datetime import date
from itertools import count
from typing import Any, Final

from django.utils.text import slugify
from django.utils.translation import gettext as _

from lifecycle import clock
from pathways import rules
from pathways.fingerprint import fingerprint
from pathways.models import ConversionPoint, DefaultPoint, Funnel, FunnelLink, Iteration, Pathway
from pathways.rights import not_after_today, not_before_1970, running
from teams.models import Team, User
from teams.refusals import Conflict, Refused

#: What `change` may write.
FIELDS: Final = (
    "name", "summary", "documentation_url", "is_prototype", "opened_on", "closed_on", "counted_kinds"
)  # fmt: skip

SLUG_LENGTH: Final = 50


def create(
    team: Team,
    *,
    actor: User,
    name: str,
    slug: str = "",
    summary: str = "",
    documentation_url: str = "",
    is_prototype: bool = False,
    opened_on: date | None = None,
    counted_kinds: Iterable[int] = (),
) -> Pathway:
    """Opens a pathway, from today by default, with a copy of the organisation's default conversion points.

    The address is made from the name unless given. Raises PermissionDenied, Refused, Busy, and Conflict (with the
    pathway) if the team has one at that address and the address was asked for.
    """
    with running(team, actor) as locked:
        kinds = rules.known_kinds(counted_kinds)
        there = Pathway.objects.filter(team=locked, slug=slug).first() if slug else None
        if there is not None:
            raise Conflict(_("The team has a pathway at this address already."), there)
        _check(name, opened_on or clock.today(), None)
        pathway = Pathway.objects.create(
            team=locked,
            slug=slug or _free_slug(locked, name),
            name=name.strip(),
            summary=summary.strip(),
            documentation_url=documentation_url,
            is_prototype=is_prototype,
            opened_on=opened_on or clock.today(),
            counted_kinds=kinds,
        )
        points = [rules.point_of(default) for default in DefaultPoint.objects.all()]
        ConversionPoint.objects.bulk_create([ConversionPoint(pathway=pathway, **vars(point)) for point in points])
        return pathway


def seen(pathway: Pathway) -> str:
    """The fingerprint of what `change` may write, for the form to bring back."""
    return fingerprint([getattr(pathway, field) for field in FIELDS])


def change(pathway: Pathway, *, actor: User, seen: str | None = None, **values: Any) -> Pathway:
    """Writes some of FIELDS. `closed_on` is the first day on which it is no longer open.

    `seen` is the fingerprint that the person's screen carried; None when there was no screen. Raises
    PermissionDenied, Refused, Busy, or Conflict with the fresh row.
    """
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"not fields of a pathway: {sorted(unknown)}")
    with running(pathway.team, actor) as locked:
        fresh = Pathway.objects.select_related("team").get(pk=pathway.pk, team=locked)
        if seen is not None and seen != fingerprint([getattr(fresh, field) for field in FIELDS]):
            raise Conflict(_("Somebody changed this pathway while you looked at it."), fresh)
        if "counted_kinds" in values:
            values["counted_kinds"] = rules.known_kinds(values["counted_kinds"])
        for field, value in values.items():
            setattr(fresh, field, value)
        _check(fresh.name, fresh.opened_on, fresh.closed_on)
        fresh.save(update_fields=list(values))
        return fresh


def connect(pathway: Pathway, *, actor: User, funnel: Funnel, url: str = "", on: date | None = None) -> FunnelLink:
    """Connects the pathway to a funnel that brings people to it; `url` is where it stands there.

    Raises PermissionDenied, Refused (a day that has not come), Busy, and Conflict (with the link) if it is connected.
    """
    with running(pathway.team, actor):
        there = FunnelLink.objects.filter(pathway=pathway, funnel=funnel).first()
        if there is not None:
            raise Conflict(_("The pathway is connected to %(funnel)s already.") % {"funnel": funnel}, there)
        return FunnelLink.objects.create(pathway=pathway, funnel=funnel, url=url, connected_on=not_after_today(on))


def disconnect(link: FunnelLink, *, actor: User) -> None:
    """Takes the pathway out of the funnel. Doing it twice changes nothing."""
    with running(link.pathway.team, actor):
        FunnelLink.objects.filter(pk=link.pk).delete()


def record_iteration(
    pathway: Pathway, *, actor: User, what: str, why: str, before: str = "", after: str = "", on: date | None = None
) -> Iteration:
    """Records what was changed on the pathway and why, with the measure before and after where it is known.

    Raises PermissionDenied, Refused (no words, a day that has not come), Busy.
    """
    with running(pathway.team, actor):
        if not what.strip() or not why.strip():
            raise Refused(_("Say what changed, and why."))
        return Iteration.objects.create(
            pathway=pathway,
            on=not_after_today(on),
            what=what.strip(),
            why=why.strip(),
            before=before.strip(),
            after=after.strip(),
            by=actor,
        )


def measured_after(iteration: Iteration, *, actor: User, after: str) -> Iteration:
    """Adds what was measured after the change, once it is known; a word that stands there is not replaced."""
    with running(iteration.pathway.team, actor):
        fresh = Iteration.objects.get(pk=iteration.pk)
        if fresh.after:
            raise Conflict(_("The measure after it is recorded already."), fresh)
        fresh.after = after.strip()
        fresh.save(update_fields=["after"])
        return fresh


def _check(name: str, opened_on: date | None, closed_on: date | None) -> None:
    if not name.strip():
        raise Refused(_("A pathway needs a name."))
    if opened_on is not None:
        not_before_1970(opened_on)
    if closed_on is not None and (opened_on is None or closed_on < opened_on):
        raise Refused(_("A pathway cannot close before it opens."))


def _free_slug(team: Team, name: str) -> str:
    """The name as an address, with a number behind it where the team has that address already."""
    stem = slugify(name)[:SLUG_LENGTH].strip("-") or "pathway"
    taken = set(Pathway.objects.filter(team=team).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    numbered = (f"{stem[: SLUG_LENGTH - len(f'-{n}')]}-{n}" for n in count(2))
    return next(slug for slug in numbered if slug not in taken)
