"""The risk register of a team, filled from the catalogue or by hand."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lifecycle.models import Risk
from lifecycle.prepared import prepared
from teams import notifications
from teams.access import access_to
from teams.models import Membership, Team, TeamRisk, User
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused

#: What `change` may write.
FIELDS = ("text", "owner", "likelihood", "impact", "mitigation", "review_on", "state")


@prepared
def register(team: Team) -> QuerySet[TeamRisk]:
    """The team's risks, gravest first, closed ones last."""
    return (
        TeamRisk.objects.filter(team=team)
        .select_related("risk", "owner", "raised_by")
        .annotate(is_closed=Q(state=TeamRisk.State.CLOSED))
        .order_by("is_closed", (F("likelihood") * F("impact")).desc(), "id")
    )


def catalogue(team: Team) -> QuerySet[Risk]:
    """Risks of the catalogue, of the team's stage and those before, that are not on its register."""
    taken = TeamRisk.objects.filter(team=team, risk__isnull=False).exclude(state=TeamRisk.State.CLOSED)
    return Risk.objects.filter(retired=False, stage__order__lte=team.stage.order).exclude(pk__in=taken.values("risk"))


def add(
    team: Team,
    *,
    actor: User,
    text: str = "",
    risk: Risk | None = None,
    owner: User | None = None,
    likelihood: int = 2,
    impact: int = 2,
    mitigation: str = "",
    review_on: date | None = None,
) -> TeamRisk:
    """Puts a risk on the register: one of the catalogue (whose text is copied), or one in the team's own words.

    Raises PermissionDenied, Refused, or Conflict (with the row) if the catalogue's risk is there already.
    """
    _may(team, actor)
    text = text.strip() or (risk.text if risk else "")
    _check(team, {"text": text, "owner": owner, "likelihood": likelihood, "impact": impact})
    try:
        with transaction.atomic():
            added = TeamRisk.objects.create(
                team=team,
                risk=risk,
                text=text,
                owner=owner,
                likelihood=likelihood,
                impact=impact,
                mitigation=mitigation.strip(),
                review_on=review_on,
                raised_by=actor,
            )
            _tell(added, actor)
            return added
    except IntegrityError:
        there = TeamRisk.objects.filter(team=team, risk=risk).exclude(state=TeamRisk.State.CLOSED).first()
        if risk is None or there is None:
            raise
        raise Conflict(_("This risk is on the register already."), there) from None


def change(risk: TeamRisk, *, actor: User, seen: int, **values: Any) -> TeamRisk:
    """Writes some of FIELDS; `seen` is the `version` that the person's screen showed.

    Raises PermissionDenied, Refused, or Conflict with the fresh row.
    """
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"not fields of a risk: {sorted(unknown)}")
    _may(risk.team, actor)
    _check(risk.team, values)
    with transaction.atomic():
        fresh = TeamRisk.objects.select_for_update(no_key=True, of=("self",)).get(pk=risk.pk)
        if fresh.version != seen:
            raise Conflict(_("Somebody changed this risk while you looked at it."), fresh)
        was_high = fresh.severity == "high"
        for field, value in values.items():
            setattr(fresh, field, value)
        fresh.version += 1
        try:
            with transaction.atomic():
                fresh.save(update_fields=[*values, "version"])
                if fresh.severity == "high" and not was_high:
                    _tell(fresh, actor)
        except IntegrityError as error:  # opened again while the catalogue's risk is on the register anew
            raise Refused(_("This risk is on the register already.")) from error
    return fresh


def owned_by(team: Team, user: User) -> list[str]:
    """The open risks that somebody owns."""
    return [str(risk) for risk in _owned(team, user)]


def lock(team: Team, *, owner: User) -> None:
    """Holds the rows that `pass_on` is to write, before the caller takes the team's own."""
    list(_owned(team, owner).select_for_update(no_key=True, of=("self",)).order_by("pk"))


def pass_on(team: Team, old: User, new: User) -> None:
    """Gives somebody's open risks to another, in the transaction of a hand-over."""
    _owned(team, old).update(owner=new, version=F("version") + 1)


def _owned(team: Team, user: User) -> QuerySet[TeamRisk]:
    return TeamRisk.objects.filter(team=team, owner=user).exclude(state=TeamRisk.State.CLOSED)


def _tell(risk: TeamRisk, actor: User) -> None:
    """Those who watch the team hear of a high risk, when it comes and when a lower one has become high."""
    if risk.severity == "high" and risk.state != TeamRisk.State.CLOSED:
        notifications.tell(
            risk.team,
            notifications.Kind.HIGH_RISK,
            cause=f"{risk.pk}/{risk.version}",
            actor=actor,
            what=risk,
            place=f"risks/{risk.pk}/",
        )


def _may(team: Team, actor: User) -> None:
    if not access_to(actor, team).can_edit_risks:
        raise PermissionDenied


def _check(team: Team, values: dict[str, Any]) -> None:
    if not values.get("text", "-").strip():
        raise Refused(_("Say what may go wrong."))
    if not {values.get("likelihood", 1), values.get("impact", 1)} <= {1, 2, 3}:
        raise Refused(_("Likelihood and impact are low, medium or high."))
    if values.get("state", TeamRisk.State.OPEN) not in TeamRisk.State.values:
        raise Refused(_("A risk is open, mitigated, accepted or closed."))
    owner = values.get("owner")
    if owner is not None and not Membership.objects.current().filter(team=team, user=owner).exists():
        raise Refused(_("The owner has to be a member of the team."))
