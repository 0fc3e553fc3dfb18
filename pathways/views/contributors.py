"""One of a team's contributors, with what is said of them."""

from collections.abc import Callable
from http import HTTPStatus

from django.db.models import prefetch_related_objects
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pathways import contributors, deciding, erasure, merging, people, presence, roles
from pathways import people_forms as forms
from pathways.models import CommunityRole, Contributor, Mentorship
from pathways.panels import PersonAsked, person_panels_of
from pathways.record import record_of
from pathways.views.answer import answer, needs_another_look, team_of
from teams.access import seen_by, team_for
from teams.models import Population, Role, Team
from teams.refusals import Busy, Refused
from teams.runs import run_of
from teams.views.page import UNAVAILABLE, UNPROCESSABLE, SeeOther, reader


@require_safe
def contributor(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One person."""
    team = team_of(request, slug)
    return _page(request, team, presence.one_of(team, pk))


def _page(
    request: HttpRequest, team: Team, found: Contributor, *, status: int = 200, problem: str = "", **typed: object
) -> HttpResponse:
    if status != HTTPStatus.OK:
        found.refresh_from_db()
    prefetch_related_objects([found], "affiliations")
    context: dict[str, object] = {
        "team": team,
        "access": seen_by(reader(request), team),
        "person": people.person_of(found, team),
        "panels": person_panels_of(_looked_at(request, found, team)),
        "run": run_of([team], is_live=True),
        "problem": problem,
        "affiliation_form": forms.AffiliationForm(),
        "role_form": forms.RoleForm(),
        "bot_form": forms.BotForm(),
        "mentee_form": forms.MenteeForm(team),
        "erasure_form": forms.ErasureForm(),
        "name_form": forms.NameForm(initial={"name": found.name}),
        "same_form": forms.SamePersonForm(team),
    }
    return render(request, "pathways/contributor.html", context | typed, status=status)


@require_safe
def record(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """All that is held about the person, to be handed to them: by this team; for an admin, by all."""
    team = team_for(request, slug, Role.ACTIVATOR)
    found = presence.one_of(team, pk)
    told = record_of(found, None if reader(request).is_admin else team)
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{team.slug}-person-{pk}.json"'
    return response


def _looked_at(request: HttpRequest, found: Contributor, team: Team) -> PersonAsked:
    """How the address looks at the person."""
    asked = request.GET.get("population", "")
    population = Population(asked) if asked in Population.values else None
    return PersonAsked(found, team, population, request.GET.get("page", ""))


def _submitted(
    request: HttpRequest,
    team: Team,
    found: Contributor,
    form: Form,
    verb: Callable[[], object],
    *,
    name: str,
    said: str,
) -> HttpResponse:
    """A form of the person's page: 422 with its errors, or the verb."""

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, found, status=status, problem=problem, **({name: form} if name else {}))

    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    to = reverse("pathways:contributor", args=[team.slug, found.pk])
    return answer(request, verb, said=said, to=to, again=again)


@require_POST
def bot_flags(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Flags a bot, or takes the flag back."""
    team = team_of(request, slug)
    found, form = presence.one_of(team, pk), forms.BotForm(request.POST)
    verb = lambda: contributors.set_bot(found, actor=reader(request), team=team, **form.cleaned_data)  # noqa: E731
    said = _("Written down. The numbers are being counted again.")
    return _submitted(request, team, found, form, verb, name="bot_form", said=said)


@require_POST
def affiliations(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Says what the person is to the organisation, from a day on."""
    team = team_of(request, slug)
    found, form = presence.one_of(team, pk), forms.AffiliationForm(request.POST)
    verb = lambda: contributors.set_affiliation(found, actor=reader(request), team=team, **form.cleaned_data)  # noqa: E731
    said = _("Written down. The numbers are being counted again.")
    return _submitted(request, team, found, form, verb, name="affiliation_form", said=said)


@require_POST
def names(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Says what the pages call the person."""
    team = team_of(request, slug)
    found, form = presence.one_of(team, pk), forms.NameForm(request.POST)
    verb = lambda: contributors.rename(found, actor=reader(request), team=team, **form.cleaned_data)  # noqa: E731
    return _submitted(request, team, found, form, verb, name="name_form", said=_("The name is changed."))


@require_POST
def likenesses(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Says that the person is somebody else of the team, too; goes on to what merging the two would change."""
    team = team_of(request, slug)
    found, form = presence.one_of(team, pk), forms.SamePersonForm(team, request.POST)

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, found, status=status, problem=problem, same_form=form)

    if not form.is_valid():
        return again(UNPROCESSABLE, needs_another_look())
    try:
        pair = deciding.ask(found, actor=reader(request), team=team, **form.cleaned_data)
    except Refused as refused:
        return again(UNPROCESSABLE, refused.reason)
    except Busy:
        return again(UNAVAILABLE, _("Somebody is writing to this team right now. Try again in a moment."))
    return SeeOther(f"{reverse('pathways:likeness-reach', args=[team.slug])}?pair={pair.pk}")


@require_POST
def merge_end(request: HttpRequest, slug: str, pk: int, merge: int) -> HttpResponse:
    """Takes a merge back."""
    team = team_of(request, slug)
    found = presence.one_of(team, pk)
    event = get_object_or_404(found.events.filter(action="merge"), pk=merge)
    verb = lambda: merging.unmerge(event, actor=reader(request), team=team)  # noqa: E731
    said = _("They are two people again. The numbers are being counted again.")
    return _submitted(request, team, found, Form(request.POST), verb, name="", said=said)


@require_POST
def erasures(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Erases the person."""
    team = team_of(request, slug)
    found, form = presence.one_of(team, pk), forms.ErasureForm(request.POST)
    verb = lambda: erasure.erase(found, actor=reader(request), team=team)  # noqa: E731
    said = _("The person is erased. The contributions stay, and count as before.")
    return _submitted(request, team, found, form, verb, name="erasure_form", said=said)


@require_POST
def role_list(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Gives a role in the team's community."""
    team = team_of(request, slug)
    found, form = presence.one_of(team, pk), forms.RoleForm(request.POST)
    verb = lambda: roles.give(found, actor=reader(request), team=team, **form.cleaned_data)  # noqa: E731
    said = _("The role is given. It counts once somebody has confirmed it.")
    return _submitted(request, team, found, form, verb, name="role_form", said=said)


def _role(team: Team, pk: int, role: int) -> CommunityRole:
    known = CommunityRole.objects.select_related("contributor", "team")
    return get_object_or_404(known, team=team, contributor_id=pk, pk=role)


@require_POST
def role_confirmation(request: HttpRequest, slug: str, pk: int, role: int) -> HttpResponse:
    """Vouches for a role: an activator or a partner."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    given = _role(team, pk, role)
    verb = lambda: roles.confirm(given, actor=reader(request))  # noqa: E731
    said = _("The role is confirmed. The numbers are being counted again.")
    return _submitted(request, team, given.contributor, Form(request.POST), verb, name="", said=said)


@require_POST
def role_end(request: HttpRequest, slug: str, pk: int, role: int) -> HttpResponse:
    """Ends a role today."""
    team = team_of(request, slug)
    given = _role(team, pk, role)
    verb = lambda: roles.end(given, actor=reader(request))  # noqa: E731
    return _submitted(
        request, team, given.contributor, Form(request.POST), verb, name="", said=_("The role has ended.")
    )


@require_POST
def mentees(request: HttpRequest, slug: str, pk: int, role: int) -> HttpResponse:
    """Gives a mentor somebody to look after."""
    team = team_of(request, slug)
    given, form = _role(team, pk, role), forms.MenteeForm(team, request.POST)
    verb = lambda: roles.add_mentee(given, actor=reader(request), **form.cleaned_data)  # noqa: E731
    said = _("%(person)s looks after somebody new.") % {"person": given.contributor}
    return _submitted(request, team, given.contributor, form, verb, name="mentee_form", said=said)


@require_POST
def mentorship_end(request: HttpRequest, slug: str, pk: int, mentorship: int) -> HttpResponse:
    """Ends a mentorship today."""
    team = team_of(request, slug)
    known = Mentorship.objects.select_related("role__contributor", "role__team", "mentee")
    found = get_object_or_404(known, role__team=team, role__contributor_id=pk, pk=mentorship)
    verb = lambda: roles.end_mentorship(found, actor=reader(request))  # noqa: E731
    said = _("The mentorship has ended.")
    return _submitted(request, team, found.role.contributor, Form(request.POST), verb, name="", said=said)
