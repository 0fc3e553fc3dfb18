"""Two contributors are one person, or one is two: pointers move, and every move can be taken back.

A merge keeps one contributor and empties the other, which stays as the place to come back to. The event that is
written down holds what moved; what both had alike and could not stand twice is kept in it whole. Contributions
follow their identities by triggers. Where a rule joins people, nobody is the actor, and the same holds.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

from django.core import serializers
from django.core.serializers.base import DeserializedObject
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from pathways import erasure, likenesses
from pathways.contributors import log
from pathways.models import (
    Affiliation,
    CommunityRole,
    Contributor,
    ContributorEvent,
    Enrolment,
    Identity,
    Likeness,
    Mentorship,
    Step,
    Steward,
)
from pathways.rights import knowing
from pathways.turns import turn
from teams.models import Team, User
from teams.refusals import Conflict, Refused

#: What points to a person, and by which field. What others say in `detail` is the name of the table.
POINTERS: dict[str, tuple[type[Model], str]] = {
    "identities": (Identity, "contributor"),
    "affiliations": (Affiliation, "contributor"),
    "roles": (CommunityRole, "contributor"),
    "enrolments": (Enrolment, "contributor"),
    "mentorships": (Mentorship, "mentee"),
    "stewardships": (Steward, "contributor"),
}
#: Why people were joined, as the log has it: they share a key.
BY_KEYS = "keys"
#: What is said of pairs of people moves with either of them, but for what is said of the two themselves.
ENDS: dict[str, tuple[type[Model], str]] = {"ones": (Likeness, "one"), "others": (Likeness, "other")}
_ALL = POINTERS | ENDS

_MOVE = """
UPDATE pathways_identity i SET contributor_id = pair.keep FROM unnest(%s::int[], %s::int[]) AS pair (keep, other)
 WHERE i.contributor_id = pair.other
"""


def merge(
    keep: Contributor, *, others: Sequence[Contributor], actor: User, team: Team, reason: str = ""
) -> list[ContributorEvent]:
    """Makes `others` the same person as `keep`, whose name, flag and affiliations stand. One event for each.

    Raises PermissionDenied, Busy (also while an import is meeting new people), Conflict for somebody who has been
    merged away meanwhile, and Refused for a person with themselves or with a bot.
    """
    with _moving(team, actor, keep, *others):
        people = _locked(keep, *others)
        if len(people) != 1 + len(others) or not others:
            raise Refused(_("Choose two different people."))
        if len({person.is_bot for person in people}) > 1:
            raise Refused(_("One of them is flagged as a bot. Change the flag first, if that is wrong."))
        return [_merge(keep, other, actor, team, reason=reason.strip()) for other in others]


def join(pairs: Sequence[tuple[int, int]]) -> None:
    """What a rule says is one person, (who is kept, the other): as a merge by nobody, and taken back as one.

    The caller has the turn. People who have nothing but identities, and those are nearly all, move in one statement.
    """
    if not pairs:
        return
    others = [other for _keep, other in pairs]
    having_more: set[int] = set()
    for model, field in _ALL.values():
        if model is not Identity:
            rows = model._default_manager.filter(**{f"{field}__in": others})
            having_more.update(rows.values_list(field, flat=True))
    plain = [(keep, other) for keep, other in pairs if other not in having_more]
    moved = defaultdict(list)
    for other, pk in Identity.objects.filter(contributor__in=[other for _keep, other in plain]).values_list(
        "contributor", "pk"
    ):
        moved[other].append(pk)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [[keep for keep, _other in plain], [other for _keep, other in plain]])
    events = []
    for keep, other in plain:
        said = {"from": other, "moved": {"identities": moved[other]}, "dropped": [], "because": BY_KEYS}
        events.append(ContributorEvent(contributor_id=other, action="merged", detail={"into": keep}))
        events.append(ContributorEvent(contributor_id=keep, action="merge", detail=said))
    ContributorEvent.objects.bulk_create(events)
    people = Contributor.objects.in_bulk({pk for pair in pairs if pair[1] in having_more for pk in pair})
    for keep, other in pairs:
        if other in having_more:
            _merge(people[keep], people[other], None, None, because=BY_KEYS)


def unmerge(event: ContributorEvent, *, actor: User, team: Team) -> Contributor:
    """Takes one merge back; the contributor who stands again. What was moved on since then stays where it is.

    Raises PermissionDenied, Busy, Refused for what is no merge, and Conflict if it has been taken back already.
    """
    if event.action != "merge":
        raise Refused(_("Only a merge can be taken back."))
    keep = event.contributor
    with _moving(team, actor, keep):
        ids = (keep.pk, event.detail["from"])
        locked = Contributor.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        other = next(person for person in locked if person.pk != keep.pk)
        if keep.events.filter(action="unmerge", detail__event=event.pk).exists():
            raise Conflict(_("This merge has been taken back already."), keep)
        for name, pks in event.detail["moved"].items():
            model, field = _ALL[name]
            model._default_manager.filter(pk__in=pks, **{field: keep}).update(**{field: other})
        for row in serializers.deserialize("json", json.dumps(event.detail["dropped"])):
            _restore(row)
        likenesses.decide(keep.pk, other.pk, state=Likeness.State.REJECTED, actor=actor)
        log(keep, "unmerge", actor=actor, team=team, event=event.pk, to=other.pk)
        return other


def split(*identities: Identity, actor: User, team: Team, reason: str = "") -> Contributor:
    """Gives identities of one person a contributor of their own; merging it back takes the split back.

    Raises PermissionDenied, Busy, Refused for all that somebody has, or an erased person's, and Conflict if one of
    them has been moved meanwhile.
    """
    was, pks = identities[0].contributor, [identity.pk for identity in identities]
    with _moving(team, actor, was):
        fresh = list(was.identities.filter(pk__in=pks).order_by("pk"))
        if len(fresh) != len(pks):
            raise Conflict(_("Somebody has moved this identity meanwhile."), was)
        if not was.identities.exclude(pk__in=pks).exists():
            raise Refused(_("This is the only identity of the person."))
        other = Contributor.objects.create(name=str(fresh[0]), is_bot=was.is_bot)
        was.identities.filter(pk__in=pks).update(contributor=other)
        likenesses.decide(was.pk, other.pk, state=Likeness.State.REJECTED, actor=actor)
        for each in fresh:
            log(was, "split", actor=actor, team=team, identity=each.pk, to=other.pk, reason=reason.strip())
            log(other, "split off", actor=actor, team=team, identity=each.pk, of=was.pk)
        return other


@contextmanager
def _moving(team: Team, actor: User, *people: Contributor) -> Iterator[None]:
    """A transaction in which nobody else gives identities to people, for somebody who keeps these people."""
    with turn(), knowing(team, actor, *people):
        if erasure.erased(*people):
            raise Refused(_("An erased person stays as they are: nobody can tell any more who that was."))
        yield


def _locked(*people: Contributor) -> list[Contributor]:
    ids = {person.pk for person in people}
    locked = list(Contributor.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    if any(not person.identities.exists() and _merged(person) for person in locked):
        raise Conflict(_("Somebody has merged one of them meanwhile."), locked)
    return locked


def _merge(
    keep: Contributor, other: Contributor, actor: User | None, team: Team | None, **why: str
) -> ContributorEvent:
    """Moves what points to `other`, except what `keep` has already; that is taken out, and kept in the event."""
    alike = _alike(keep, other)
    dropped = json.loads(serializers.serialize("json", chain.from_iterable(alike)))
    for rows in alike:
        rows.delete()
    moved = {}
    for name, (model, field) in _ALL.items():
        if model is Affiliation and keep.affiliations.exists():
            continue  # what was said of the one who is kept stands alone
        rows = model._default_manager.filter(**{field: other})
        if model is Likeness:
            rows = rows.exclude(Q(one=keep) | Q(other=keep))
        moved[name] = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(**{field: keep})
    likenesses.decide(keep.pk, other.pk, state=Likeness.State.ACCEPTED, actor=actor, is_found=True)
    log(other, "merged", actor=actor, team=team, into=keep.pk)  # what was typed is said once
    said = {"from": other.pk, "moved": moved, "dropped": dropped, **why}
    return log(keep, "merge", actor=actor, team=team, **said)


def _alike(keep: Contributor, other: Contributor) -> tuple[QuerySet[Model], ...]:
    """Rows of `other` that would stand twice, or make somebody their own mentor; parents first."""
    same_role = Q(pk__in=[])
    for role in keep.roles.all():
        same_role |= Q(team=role.team_id, role=role.role, from_on=role.from_on)
    roles = other.roles.filter(same_role)
    of_role = Q(role__in=roles.values("pk")) | Q(role__contributor=keep, mentee=other)
    of_role |= Q(role__contributor=other, mentee=keep)
    taught = Mentorship.objects.filter(mentee=keep).values("role")
    mentorships = Mentorship.objects.filter(of_role | Q(mentee=other, role__in=taught))
    enrolments = other.enrolments.filter(pathway__in=keep.enrolments.values("pathway"))
    found = [[row.pk for row in rows] for rows in (roles, mentorships, enrolments)]
    found.append(likenesses.doubles(keep.pk, other.pk))
    models = (CommunityRole, Mentorship, Enrolment, Likeness)
    return tuple(model._default_manager.filter(pk__in=pks) for model, pks in zip(models, found, strict=True))


def _restore(row: DeserializedObject) -> None:
    """Puts a row back that a merge took out, if what it belongs to is still there."""
    for field in row.object._meta.fields:
        of, key = field.related_model, field.value_from_object(row.object)
        if of is not None and key is not None and not of._default_manager.filter(pk=key).exists():
            return
    if isinstance(row.object, Enrolment):
        steps = Step.objects.filter(pk__in=(row.m2m_data or {}).get("completed_steps", []))
        row.m2m_data = {"completed_steps": list(steps)}
    row.save()


def _merged(person: Contributor) -> bool:
    """Whether the last word about the person is that they were merged into another."""
    last = person.events.order_by("pk").last()
    return last is not None and last.action == "merged"
