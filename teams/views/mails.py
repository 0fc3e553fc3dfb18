"""Which e-mails an account gets, and how to stop them from an e-mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from teams import mail_settings
from teams.mail_form import MailSettingForm
from teams.mail_settings import Sort
from teams.views.page import UNPROCESSABLE, SeeOther, reader


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The reader's own choice."""
    if request.method != "POST":
        form = MailSettingForm(instance=mail_settings.of(reader(request)))
        return render(request, "teams/mail_settings.html", {"form": form})
    form = MailSettingForm(request.POST)
    if not form.is_valid():
        return render(request, "teams/mail_settings.html", {"form": form}, status=UNPROCESSABLE)
    mail_settings.choose(reader(request), **form.cleaned_data)
    messages.success(request, _("Your choice is kept."))
    return SeeOther(reverse("teams:mail-settings"))


@csrf_exempt  # a mailbox posts here by itself (RFC 8058); the signature in the address is what allows it
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_not_required
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks before it stops anything: mailboxes look at links. A POST stops, and answers without a redirect."""
    found = mail_settings.read(token)
    if found is None:
        raise Http404
    user, sort = found
    if request.method != "POST":
        return render(request, "teams/unsubscribe.html", {"sort": sort})
    everything = "all" in request.POST
    mail_settings.stop(user, *(Sort if everything else [sort]))
    return render(request, "teams/unsubscribe.html", {"sort": sort, "stopped": "all" if everything else sort})
