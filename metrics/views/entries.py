"""Entries by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from metrics import hand
from metrics.arrivals import Became
from metrics.hand_form import EntryForm
from metrics.views.door import account, importer, see
from metrics.views.sources import one, page
from teams.refusals import Busy, Refused

SAID = {
    Became.CREATED: _("Entered. The numbers are being counted again."),
    Became.KNOWN: _("It was entered already."),
    Became.QUARANTINED: _("Entered, and kept out of the counts: its day lies before the source's declared start."),
    Became.UNKNOWN_KIND: _("Entered, and kept out of the counts until somebody decides about its kind."),
}


@require_POST
def entries(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Enter one contribution."""
    team = importer(request, slug)
    source = one(team, pk)
    form = EntryForm(request.POST, source=source)
    if not form.is_valid():
        return page(request, team, source, 422, entry_form=form)
    try:
        became = hand.enter(source, form.act(), actor=account(request), key=form.cleaned_data["key"])
    except Refused as refused:
        form.add_error(None, refused.reason)
        return page(request, team, source, 422, entry_form=form)
    except Busy:
        form.add_error(None, _("An import is under way. Send it again in a moment: nothing counts twice."))
        return page(request, team, source, 503, entry_form=form)
    messages.success(request, SAID[became])
    return see("metrics:source", team.slug, pk)
