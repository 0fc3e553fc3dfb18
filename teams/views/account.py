"""An account's own page: its roles, what waits for an answer, when it is away, and what it is called."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lifecycle import tables
from lifecycle.days import in_words
from teams import absences, people, profiles
from teams.account_forms import AbsenceForm, AddressForm, NameForm
from teams.account_page import page_of, roles_of
from teams.models import Absence, Membership
from teams.people_forms import AnswerForm
from teams.refusals import Conflict
from teams.views.page import SeeOther, answered, reader


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """What the reader is to which team, and everything of the account that is theirs to change."""
    return _page(request)


@require_safe
def roles(request: HttpRequest, form: str) -> HttpResponse:
    """The reader's roles as a file."""
    return tables.answer(roles_of(reader(request)), form)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts or declines an appointment of one's own."""
    membership = get_object_or_404(Membership.objects.select_related("team"), user=reader(request), pk=pk)
    form = AnswerForm(request.POST)
    yes = form.is_valid() and form.cleaned_data["answer"] == AnswerForm.ACCEPT
    try:
        if yes:
            people.accept(membership, actor=reader(request))
        elif form.is_valid():
            people.decline(membership, actor=reader(request))
    except Conflict as conflict:
        messages.warning(request, str(conflict))
    else:
        words = _("You work with %(team)s now.") if yes else _("You declined to work with %(team)s.")
        messages.success(request, words % {"team": membership.team})
    return SeeOther(reverse("teams:account"))


@require_POST
def names(request: HttpRequest) -> HttpResponse:
    """Changes the reader's name."""
    form = NameForm(request.POST)

    def rename() -> str:
        profiles.rename(reader(request), **form.cleaned_data)
        return _("You are %(name)s from now on.") % {"name": reader(request)}

    return _submitted(request, form, rename, "name_form", "name-h")


@require_POST
def addresses(request: HttpRequest) -> HttpResponse:
    """Asks for another address; it is changed once the new one is confirmed."""
    form = AddressForm(reader(request), request.POST)

    def ask() -> str:
        change = profiles.ask_address(reader(request), form.cleaned_data["email"])
        return _("A mail goes to %(email)s. Open the link in it to confirm the address.") % {"email": change.email}

    return _submitted(request, form, ask, "address_form", "address-h")


@require_http_methods(["GET", "HEAD", "POST"])
def address_change(request: HttpRequest, key: str) -> HttpResponse:
    """Where the mail to a new address leads; opening it changes nothing, confirming does."""
    change = profiles.pending_by_key(key, reader(request))

    def page(status: int, problem: str = "") -> HttpResponse:
        return render(request, "teams/address_change.html", {"change": change, "problem": problem}, status=status)

    if change is None:
        return page(404)
    if request.method != "POST":
        return page(200)

    def confirm() -> str:
        profiles.confirm_address(change, actor=reader(request))
        return _("Your address is %(email)s from now on.") % {"email": change.email}

    return answered(request, Form(request.POST), confirm, again=page, to=reverse("teams:account"))


@require_POST
def announced(request: HttpRequest) -> HttpResponse:
    """Says from when until when the reader is away."""
    form = AbsenceForm(request.POST)

    def announce() -> str:
        made = absences.announce(reader(request), **form.cleaned_data)
        first, last = (in_words(day) for day in (made.starts_on, made.last_day))
        return _("You are away from %(first)s to %(last)s.") % {"first": first, "last": last}

    return _submitted(request, form, announce, "absence_form", "away-h")


@require_POST
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends an absence of the reader's own."""
    absence = get_object_or_404(Absence, user=reader(request), pk=pk)
    absences.come_back(absence, actor=reader(request))
    messages.success(request, _("The absence is ended."))
    return SeeOther(reverse("teams:account") + "#away-h")


def _submitted(request: HttpRequest, form: Form, act: Callable[[], str], name: str, anchor: str) -> HttpResponse:
    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, status=status, problem=problem, **{name: form})

    return answered(request, form, act, again=again, to=f"{reverse('teams:account')}#{anchor}")


def _page(request: HttpRequest, *, status: int = 200, problem: str = "", **typed: Form) -> HttpResponse:
    user = reader(request)
    forms = {"name_form": NameForm(initial={"first_name": user.first_name, "last_name": user.last_name})}
    context = {"account": page_of(user), "problem": problem, **forms}
    context |= {"address_form": AddressForm(user), "absence_form": AbsenceForm()}
    return render(request, "teams/account.html", context | typed, status=status)
