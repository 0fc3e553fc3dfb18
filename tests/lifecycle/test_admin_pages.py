"""Every page of the admin opens, holds to the policy on scripts and styles, and writes through verbs."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lifecycle import suggestions
from lifecycle.loading import load
from lifecycle.management.commands.load_lifecycle import fixture_files
from lifecycle.models import Facet, Job, Stage
from pathways.models import AffiliationRule, DefaultPoint, Kind
from teams.models import Membership, Promotion, Role, Team, User
from tests.conftest import People
from tests.factories import KindFactory, UserFactory
from tests.forms import posted_as_shown
from tests.teams.inviting import mailed

INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*(?:src=|application/json))|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture
def editor(people: People) -> Client:
    return people.client("admin")


def test_no_page_carries_an_inline_script_or_style(editor: Client) -> None:
    Stage.objects.update(slug="pre-work")
    load(fixture_files())
    seen = 0
    for model, pages in admin.site._registry.items():
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses = [reverse(f"{stem}_changelist")]
        row = pages.get_queryset(_request(editor)).first()
        addresses += [reverse(f"{stem}_change", args=[row.pk])] if row else []
        if pages.has_add_permission(_request(editor)):
            addresses.append(reverse(f"{stem}_add"))
        for address in addresses:
            response = editor.get(address)
            assert response.status_code == 200, address
            assert "unsafe" not in response.headers["Content-Security-Policy"]
            assert not INLINE.search(response.content.decode()), address
            seen += 1
    assert seen > 20


def _request(editor: Client) -> Any:
    return editor.get("/admin/").wsgi_request


def test_an_admin_makes_another_admin_who_may_do_everything(editor: Client, people: People) -> None:
    address = f"/admin/teams/user/{people.viewer.pk}/change/"
    assert editor.post(address, posted_as_shown(editor.get(address)) | {"is_staff": "on"}).status_code == 302
    assert people.client("viewer").get("/admin/lifecycle/stage/").status_code == 200


@pytest.mark.parametrize("right", ["is_staff", "is_active"])
def test_nobody_takes_their_own_rights_away(editor: Client, people: People, right: str) -> None:
    address = f"/admin/teams/user/{people.admin.pk}/change/"
    data = posted_as_shown(editor.get(address))
    del data[right]
    assert "ask another admin" in editor.post(address, data).content.decode()
    assert getattr(User.objects.get(pk=people.admin.pk), right)


def test_an_account_is_made_by_an_admin_who_never_knows_its_password(editor: Client) -> None:
    data = {"username": "newcomer", "email": "newcomer@people.example"}
    assert editor.post("/admin/teams/user/add/", data).status_code == 302
    account = User.objects.get(username="newcomer")
    assert not account.has_usable_password()
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[account.pk])
    link, chosen = mailed(), {"password1": "a horse of its own", "password2": "a horse of its own"}
    owner = Client()
    owner.post(owner.get(link)["Location"], chosen)
    assert owner.login(username="newcomer", password=chosen["password1"])
    assert editor.get(f"/admin/teams/user/{account.pk}/delete/").status_code == 403


def test_every_table_stands_in_a_group(editor: Client) -> None:
    page = editor.get("/admin/").content.decode()
    for model in admin.site._registry:
        assert f'href="/admin/{model._meta.app_label}/{model._meta.model_name}/"' in page, model


def test_the_first_page_says_what_waits(editor: Client, people: People) -> None:
    assert "Nothing: every suggestion is answered" in editor.get("/admin/").content.decode()
    suggestions.suggest(people.team.stage, facet=Facet.RISKS, text="Burn-out.", author="viewer")
    KindFactory.create(state=Kind.State.UNKNOWN)
    Job.objects.create(kind="recount", key="1", state=Job.State.DEAD)
    page = editor.get("/admin/").content.decode()
    waits = ("1 suggestion waits", "1 kind of contribution", "1 job has given up")
    assert [sentence for sentence in waits if sentence not in page] == []


def test_a_team_is_founded_with_its_first_decision(editor: Client, people: People) -> None:
    data = {"name": "Harbour", "slug": "harbour", "stage": people.team.stage.pk, "entered_on": "2026-06-01"}
    assert editor.post("/admin/teams/team/add/", data).status_code == 302
    team = Team.objects.get(slug="harbour")
    assert list(team.promotions.values_list("kind", "decided_by")) == [(Promotion.Kind.ENTERED, people.admin.pk)]


def test_a_stage_is_not_moved_from_here(editor: Client, people: People) -> None:
    address = f"/admin/teams/team/{people.team.pk}/change/"
    data = posted_as_shown(editor.get(address)) | {"stage": "999", "entered_on": "2001-01-01", "state": "paused"}
    assert editor.post(address, data).status_code == 302
    fresh = Team.objects.get(pk=people.team.pk)
    assert (fresh.stage, fresh.entered_on, fresh.state) == (people.team.stage, people.team.entered_on, "paused")


def test_an_appointed_activator_still_has_to_accept(editor: Client, people: People) -> None:
    account = UserFactory.create()
    data = {"team": people.team.pk, "user": account.pk, "role": Role.ACTIVATOR, "starts_on": "2026-06-01"}
    assert editor.post("/admin/teams/membership/add/", data).status_code == 302
    membership = Membership.objects.get(user=account)
    assert (membership.accepted_at, membership.appointed_by) == (None, people.admin)
    assert "holds this role already" in editor.post("/admin/teams/membership/add/", data).content.decode()
    ended = editor.post(f"/admin/teams/membership/{membership.pk}/change/", {"ends_on": "2026-06-30"})
    assert ended.status_code == 302
    membership.refresh_from_db()
    assert str(membership.ends_on) == "2026-06-30"


def test_a_closed_account_is_not_appointed(editor: Client, people: People) -> None:
    account = UserFactory.create(is_active=False)
    data = {"team": people.team.pk, "user": account.pk, "role": Role.VIEWER, "starts_on": "2026-06-01"}
    assert "This account has been closed" in editor.post("/admin/teams/membership/add/", data).content.decode()


def test_a_default_point_that_nobody_can_fulfil_is_explained(editor: Client) -> None:
    kind = KindFactory.create()
    rule = {"level": "2", "label": "Often", "kinds": [kind.pk], "n": "2", "d": "3", "m": "4", "w": "2", "roles": []}
    page = editor.post("/admin/pathways/defaultpoint/add/", rule).content.decode()
    for sentence in ("at least as many contributions", "at least as many days", "shorter than the days"):
        assert sentence in page
    rule |= {"n": "4", "d": "2", "m": "1", "w": "365", "roles": ["mentor"]}
    assert editor.post("/admin/pathways/defaultpoint/add/", rule).status_code == 302
    assert DefaultPoint.objects.values_list("kinds", "roles").get() == ([kind.pk], ["mentor"])


def test_a_kind_is_another_name_of_one_that_counts(editor: Client) -> None:
    known, other = KindFactory.create(key="commit"), KindFactory.create(key="patch", state=Kind.State.UNKNOWN)
    address = f"/admin/pathways/kind/{other.pk}/change/"
    data = posted_as_shown(editor.get(address))
    assert "another name of itself" in editor.post(address, data | {"same_as": other.pk}).content.decode()
    assert editor.post(address, data | {"same_as": known.pk, "state": "known"}).status_code == 302
    assert Kind.objects.get(pk=other.pk).same_as == known


def test_a_pasted_domain_is_understood(editor: Client) -> None:
    data = {"domain": " @Staff.Example ", "kind": "staff"}
    assert editor.post("/admin/pathways/affiliationrule/add/", data).status_code == 302
    assert AffiliationRule.objects.get().domain == "staff.example"
