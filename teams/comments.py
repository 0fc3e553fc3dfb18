"""Comments on milestones and check-ins: the one writer of Comment."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from lifecycle.models import Milestone
from lifecycle.prepared import prepared
from teams import notifications
from teams.access import access_to
from teams.milestones import why_not_asked
from teams.models import CheckIn, Comment, Team, User
from teams.refusals import Conflict as Conflict
from teams.refusals import Refused as Refused


@dataclass(frozen=True)
class Talk:
    """What was said about one thing, oldest first, withdrawn or not. `about` is the id of the thing on the page."""

    about: str
    comments: tuple[Comment, ...]

    @property
    def number(self) -> int:
        """How many comments still say something."""
        return sum(comment.withdrawn_at is None for comment in self.comments)


def write(
    team: Team, *, actor: User, text: str, milestone: Milestone | None = None, check_in: CheckIn | None = None
) -> Comment:
    """A member of the team says something about one milestone, or one check-in of the team's own.

    Raises PermissionDenied or Refused, and Conflict (with the milestone) for one that is not asked of the team now.
    """
    if not access_to(actor, team).can_comment:
        raise PermissionDenied
    if milestone and (reason := why_not_asked(team, milestone)):
        raise Conflict(reason, milestone)
    if not text.strip():
        raise Refused(_("Write something first."))
    with transaction.atomic():
        said = Comment.objects.create(team=team, milestone=milestone, check_in=check_in, text=text.strip(), by=actor)
        kinds = notifications.Kind
        kind, what = (kinds.COMMENTED, milestone) if milestone else (kinds.CHECK_IN_COMMENTED, check_in)
        notifications.tell(team, kind, cause=said.pk, actor=actor, what=what, place=f"#comment-{said.pk}")
    return said


def withdraw(comment: Comment, *, actor: User) -> None:
    """The author takes it back: its text leaves, that there was one stays. Doing it twice changes nothing."""
    if comment.by_id != actor.pk or not access_to(actor, comment.team).can_comment:
        raise PermissionDenied
    Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(text="", withdrawn_at=Now())


def about(team: Team, *, milestones: Iterable[int] = (), check_ins: Iterable[int] = ()) -> dict[str, Talk]:
    """What was said about some milestones and check-ins of the team, by their ids on the page. One query."""
    milestones, check_ins = list(milestones), list(check_ins)
    said: dict[str, list[Comment]] = {_of_milestone(pk): [] for pk in milestones}
    said |= {_of_check_in(pk): [] for pk in check_ins}
    for comment in _said(team, milestones, check_ins) if said else ():
        said[place_of(comment)].append(comment)
    return {about: Talk(about, tuple(comments)) for about, comments in said.items()}


@prepared
def _said(team: Team, milestones: Iterable[int], check_ins: Iterable[int]) -> QuerySet[Comment]:
    asked = Q(milestone__any=milestones) | Q(check_in__any=check_ins)
    return Comment.objects.filter(asked, team=team).select_related("by")


def place_of(comment: Comment) -> str:
    """The id on the page of what it is about."""
    return _of_milestone(comment.milestone_id) if comment.milestone_id else _of_check_in(comment.check_in_id)


def _of_milestone(pk: int | None) -> str:
    return f"milestone-{pk}"


def _of_check_in(pk: int | None) -> str:
    return f"check-in-{pk}"
