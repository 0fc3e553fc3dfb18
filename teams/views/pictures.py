"""The pictures of a team's people as HTML: drawn once for everybody after each count, and kept."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lifecycle import clock, kept, release
from teams.dashboard import Dashboard

TEMPLATE = "teams/_pictures.html"


def pictures_of(dashboard: Dashboard) -> SafeString:
    """The pictures of one population. What is kept is good until the team is counted again, and for the day."""
    numbers, run = dashboard.numbers, dashboard.run
    if numbers is None or run.at is None:
        return render_to_string(TEMPLATE, {"numbers": numbers})
    name = f"{TEMPLATE}:{get_language()}:{dashboard.team.pk}:{numbers.population}"
    state = (release.digest(), clock.today(), dashboard.team.slug, run)
    there, text = kept.get([name]).get(name, (None, ""))
    if there != state:
        text = render_to_string(TEMPLATE, {"numbers": numbers})
        kept.put({name: (state, text)})
    return SafeString(text)  # our own template made it
