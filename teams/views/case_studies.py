"""The case study of a team: read, written, published, shared by a link, withdrawn."""

import re
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lifecycle.tables import answer
from teams import badges, case_studies
from teams.access import seen_by, team_for
from teams.case_studies import forms, tables, texts
from teams.case_studies import links as verbs
from teams.case_studies.draft import title_of
from teams.case_studies.study import Part, shared_by, workspace_of, written
from teams.models import CaseStudy, CaseStudyLink, CaseStudyText, Role, Team
from teams.runs import run_of
from teams.views.page import CONFLICT, UNAVAILABLE, UNPROCESSABLE, acted, reader

PAGE = "teams:case-study"


@require_safe
def case_study(request: HttpRequest, slug: str) -> HttpResponse:
    """The case study as it stands; the address may name an older version."""
    return _page(request, team_for(request, slug))


def _page(request: HttpRequest, team: Team, *, status: int = 200, problem: str = "", **typed: object) -> HttpResponse:
    """The whole page. `typed` are forms that came back with errors, by their name, so nothing is lost."""
    asked = request.GET.get("version", "")
    workspace = workspace_of(team, int(asked) if re.fullmatch(r"[0-9]{1,9}", asked) else None)
    if workspace is None:
        raise Http404
    context = {
        "team": team,
        "access": seen_by(reader(request), team),
        "told": workspace,
        "study": workspace.study,
        "run": run_of([team]),
        "problem": problem,
        "publish_form": forms.PublishForm(initial={"seen": workspace.text.seq if workspace.text else 0}),
        "record_form": forms.RecordForm(),
        "link_form": forms.LinkForm(),
        "withdrawal_form": forms.WithdrawalForm(),
        "badge": badges.codes_of(team, request.build_absolute_uri),
        "base_address": request.build_absolute_uri("/").rstrip("/"),
    }
    response = render(request, "teams/case_study.html", context | typed, status=status)
    if status == UNAVAILABLE:
        response["Retry-After"] = "3"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The words of the case study, and a new version of them."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    latest, parts = written(team)
    if request.method != "POST":
        return _text_page(request, team, _form(parts, latest, team), latest)
    form = forms.TextForm(parts, request.POST)
    if not form.is_valid():
        return _text_page(request, team, form, latest, status=UNPROCESSABLE)

    def act() -> str:
        seen, title = form.cleaned_data["seen"], form.cleaned_data["title"]
        made = texts.save(team, actor=reader(request), seen=seen, title=title, sections=form.words())
        return _("Version %(number)d is saved.") % {"number": made.seq}

    def again(status: int, problem: str) -> HttpResponse:
        return _text_page(request, team, form, texts.latest(team), status=status, problem=problem)

    return acted(request, team, act, anchor="main", again=again, page=PAGE)


def _form(parts: list[Part], latest: CaseStudyText | None, team: Team) -> forms.TextForm:
    title = latest.title if latest else title_of(team)
    words = {part.key: part.words for part in parts}
    return forms.TextForm(parts, initial={"title": title, "seen": latest.seq if latest else 0} | words)


def _text_page(
    request: HttpRequest,
    team: Team,
    form: forms.TextForm,
    latest: CaseStudyText | None,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    """The form; in a conflict what somebody else saved stands under what was typed, and saving again comes after it."""
    theirs: dict[str, str] = {}
    if status == CONFLICT and latest:
        form.data = {**request.POST.dict(), "seen": latest.seq}
        theirs = {"title": latest.title} | latest.sections
    typed = form.cleaned_data if theirs else {}
    context = {
        "team": team,
        "form": form,
        "latest": latest,
        "problem": problem,
        "is_conflict": bool(theirs),
        "rows": [
            (field, words if words != typed.get(field.name) else "")
            for field in form.visible_fields()
            for words in [theirs.get(field.name, "")]
        ],
    }
    return render(request, "teams/case_study_text.html", context, status=status)


def submitted(
    request: HttpRequest, team: Team, form: Form, act: Callable[[], str], *, anchor: str, name: str = ""
) -> HttpResponse:
    """A form of the page: 422 with its errors, or the verb."""

    def again(status: int, problem: str) -> HttpResponse:
        return _page(request, team, status=status, problem=problem, **({name: form} if name else {}))

    if not form.is_valid():
        return again(UNPROCESSABLE, _("Something in the form needs another look."))
    return acted(request, team, act, anchor=anchor, again=again, page=PAGE)


@require_POST
def publications(request: HttpRequest, slug: str) -> HttpResponse:
    """Publishes the version on the screen."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.PublishForm(request.POST)

    def act() -> str:
        case_studies.publish(team, actor=reader(request), **form.cleaned_data)
        return _("The case study is published.")

    return submitted(request, team, form, act, anchor="publish", name="publish_form")


@require_POST
def links(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes a link that shows the figures of a day."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.LinkForm(request.POST)

    def act() -> str:
        verbs.make(team, actor=reader(request), **form.cleaned_data)
        return _("The link is made. Whoever has it can read the case study.")

    return submitted(request, team, form, act, anchor="links", name="link_form")


@require_POST
def link_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ends a link."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    rows = CaseStudyLink.objects.select_related("case_study__team")
    found = get_object_or_404(rows, case_study__team=team, pk=pk)

    def act() -> str:
        verbs.end(found, actor=reader(request))
        return _("The link has ended: it opens nothing any more.")

    return submitted(request, team, Form({}), act, anchor="links")


@require_POST
def records(request: HttpRequest, slug: str) -> HttpResponse:
    """Records a case study that stands elsewhere."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    form = forms.RecordForm(request.POST)

    def act() -> str:
        case_studies.record(team, actor=reader(request), **form.cleaned_data)
        return _("The case study is on the list.")

    return submitted(request, team, form, act, anchor="elsewhere", name="record_form")


@require_POST
def withdrawal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraws one, with a reason."""
    team = team_for(request, slug, Role.ACTIVATOR, Role.PARTNER)
    found = get_object_or_404(CaseStudy.objects.select_related("team"), team=team, pk=pk)
    form = forms.WithdrawalForm(request.POST)

    def act() -> str:
        case_studies.withdraw(found, actor=reader(request), **form.cleaned_data)
        return _("The case study is withdrawn.")

    return submitted(request, team, form, act, anchor="publish", name="withdrawal_form")


@require_safe
@login_not_required
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """What a link shows, to whoever has it; a key that opens nothing is not there."""
    link = verbs.open_by(key)
    if link is None:
        raise Http404
    return _unlisted(render(request, "teams/case_study_shared.html", {"link": link, "study": shared_by(link)}))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"  # a link that has ended opens nothing, for nobody
    return response


@require_safe
@login_not_required
def shared_table(request: HttpRequest, key: str, name: str, form: str) -> HttpResponse:
    """A table of it as a file, for the same readers."""
    link, tell = verbs.open_by(key), tables.SHARED.get(name)
    if link is None or tell is None:
        raise Http404
    return _unlisted(answer(tell(link.case_study.team, shared_by(link).facts), form))
