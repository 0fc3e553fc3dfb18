"""`manage.py make_demo`: whole or not at all, and showing every state of the gate that a visitor should see."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from lifecycle import jobs
from lifecycle.models import Job, Stage
from metrics.demo import build
from metrics.models import Contribution, Import, Span
from teams import gates, promotion
from teams.models import PromotionRequest, Team, User
from teams.verdicts import Mover, Outcome
from tests.demo import Made


@pytest.mark.django_db(transaction=True)
def test_the_demo_organisation_shows_what_a_visitor_should_see(made: Made, demo: list[Team]) -> None:
    teams = {team.slug: team for team in Team.objects.select_related("stage")}
    assert len(teams) >= 8
    assert {team.stage for team in teams.values()} == set(Stage.objects.all())
    assert not Import.objects.exclude(source__team__slug="beacon").exclude(state=Import.State.DONE).exists()
    assert set(Import.objects.filter(source__team__slug="beacon").values_list("state", flat=True)) == {
        *(Import.State.DONE, Import.State.REJECTED, Import.State.ASKING, Import.State.UNDONE)
    }, "every state that a visitor should see"
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    assert Contribution.objects.exists()

    gate = {slug: gates.verdict_of(team) for slug, team in teams.items()}
    waiting = PromotionRequest.objects.get(state=PromotionRequest.State.OPEN).team
    assert waiting.slug == "lantern"
    assert gate["lantern"].is_open, "waiting for a partner's decision, and ready for it"
    assert gate["paperboat"].is_open
    assert gate["orchard"].state == Outcome.CLOSED
    blocked = [each for each in gate["orchard"].conditions if each.blocks]
    assert len(blocked) >= 2
    assert all(each.gap and each.move != Mover.NOBODY for each in blocked)
    assert gate["beacon"].state == Outcome.UNDECIDED
    reasons = [each.reason for each in gate["beacon"].conditions if each.blocks]
    assert reasons
    assert all(reason.startswith("The data is stale since") for reason in reasons)

    passwords = json.loads((made.data / "demo-logins.json").read_text())
    assert (made.data / "demo-logins.json").stat().st_mode & 0o777 == 0o600
    printed = re.findall(r"^  (\w+) +(\S+) +(\w+(?: partner)?)", made.said, flags=re.MULTILINE)
    assert sorted(what for _name, _password, what in printed) == ["CBT partner", "activator", "activator", "admin"]
    for name, password, _what in printed:
        assert passwords[name] == password
        assert User.objects.get(username=name).check_password(password)

    with pytest.raises(CommandError, match="already"):
        call_command("make_demo", stdout=StringIO())

    # Eleven teams of every sort, with years of real history: what is stored is what the raw facts say.
    jobs.drain()
    compared = StringIO()
    call_command("verify", stdout=compared)
    assert compared.getvalue().startswith(f"{len(teams)} of {len(teams)} teams")
    assert Span.objects.count() > 4000


def small(whole: build.Plan) -> build.Plan:
    """The plan with those teams alone that the others speak of, and nothing to import."""
    teams = [each for each in whole["teams"] if each["slug"] in {"lantern", "orchard", "meridian"}]
    return whole | {"teams": [each | {"slices": [], "roles": {}, "case_study": False} for each in teams]}


@pytest.mark.django_db
def test_cut_off_halfway_it_leaves_nothing_so_that_the_next_run_makes_all(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promotion request is the last thing made: whoever pressed Ctrl-C there had teams, and no passwords."""

    def interrupted(*_args: object, **_named: object) -> None:
        assert Team.objects.count() == 3
        raise KeyboardInterrupt

    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "uploads"
    call_command("load_lifecycle", stdout=StringIO())
    whole = build.plan()
    monkeypatch.setattr(build, "plan", lambda: small(whole))
    monkeypatch.setattr(promotion, "request", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call_command("make_demo", stdout=StringIO())
    assert not Team.objects.exists()
    assert not User.objects.exists()
    assert not (tmp_path / "demo-logins.json").exists()
