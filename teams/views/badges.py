"""The badge of a team as a picture, and who may see it."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from teams import badges
from teams.access import team_for
from teams.case_studies.forms import BadgeForm
from teams.models import Role, Team
from teams.views.case_studies import submitted
from teams.views.page import reader

#: Seconds for which others may keep a badge that is public.
KEPT = 3600


@require_safe
@login_not_required
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture: for everybody once the team has made it public, before that for its readers."""
    team = Team.objects.select_related("stage").filter(slug=slug, has_public_badge=True).first()
    found = team or team_for(request, slug)
    picture = render_to_string("teams/badge.svg", {"badge": badges.badge_of(found)})
    tag = f'"{salted_hmac("teams.views.badges", picture, algorithm="sha256").hexdigest()[:32]}"'
    whole = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    response = get_conditional_response(request, etag=tag, response=whole) or whole
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={KEPT}" if team else "private, no-cache"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes the badge public, or no longer."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = BadgeForm(request.POST)

    def act() -> str:
        is_public = badges.switch(team, actor=reader(request), **form.cleaned_data).has_public_badge
        return _("The badge is public.") if is_public else _("The badge is no longer public.")

    return submitted(request, team, form, act, anchor="badge")
