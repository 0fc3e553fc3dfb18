"""Comments in the place that they are about."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lifecycle.models import Milestone
from teams import comments
from teams.access import team_for
from teams.forms import CommentForm
from teams.models import CheckIn, Comment, Team
from teams.refusals import Conflict, Refused
from teams.views.page import UNPROCESSABLE, SeeOther, acted, kept_of, overtaken, reader, team_page


@require_POST
def on_milestone(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Says something about a milestone."""
    team = team_for(request, slug)
    milestone = get_object_or_404(Milestone.objects.select_related("stage"), pk=pk)
    return _say(request, team, f"milestone-{pk}", milestone=milestone)


@require_POST
def on_check_in(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Says something about a check-in."""
    team = team_for(request, slug)
    return _say(request, team, f"check-in-{pk}", check_in=get_object_or_404(CheckIn, team=team, pk=pk))


@require_POST
def withdrawal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Takes back what the reader said."""
    team = team_for(request, slug)
    comment = get_object_or_404(Comment.objects.select_related("team"), team=team, pk=pk)

    def act() -> str:
        comments.withdraw(comment, actor=reader(request))
        if comment.text:
            request.session["unsaid"] = {"about": comments.place_of(comment), "text": comment.text}
        return _(
            "Your comment is withdrawn. What it said stands in the field below it, should you want to say it again."
        )

    def again(status: int, problem: str) -> HttpResponse:
        return team_page(request, team, status=status, problem=problem)

    return acted(request, team, act, anchor=f"comment-{pk}", again=again)


def _say(request: HttpRequest, team: Team, about: str, **on: Any) -> HttpResponse:
    """To the comment on the team's page, or the page with what was typed in its place."""
    form = CommentForm(request.POST)
    problem = _("A comment has between one and 4,000 characters.")
    if form.is_valid():
        try:
            said = comments.write(team, actor=reader(request), text=form.cleaned_data["text"], **on)
        except Refused as refused:
            problem = refused.reason
        except Conflict as conflict:
            return overtaken(request, team, conflict.reason, [form.cleaned_data["text"]])
        else:
            return SeeOther(f"{reverse('teams:team', args=[team.slug])}{kept_of(request)}#comment-{said.pk}")
    typed = {"about": about, "text": form["text"].value() or ""}
    return team_page(request, team, status=UNPROCESSABLE, problem=problem, unsaid=typed)
