"""At most 25 queries for any page, even for the first who looks, and none more when there is more of everything."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.tables import FORMS
from metrics.models import Token
from pathways.models import Likeness
from teams.models import Comment, Glance, MilestoneEvent, Role, Waiver
from tests.api import token_for
from tests.conftest import People
from tests.crowd import grow
from tests.factories import CriterionFactory, MeasurementFactory, MembershipFactory, MilestoneFactory, StageFactory
from tests.policy import POLICY
from tests.test_permissions import OURS
from tests.world import World, world_of

pytestmark = pytest.mark.django_db

MOST = 25
PAGES = [route.name for route in OURS if POLICY[route.name].get]
#: What is asked for is a change, carried out and rolled back: as many queries as the change itself takes.
REHEARSALS = {"pathways:likeness-reach", "pathways:splits", "metrics:effect"}
#: Who looks: between them they see whatever a page can show. A table as a file is the same for all of them.
READERS = ("activator", "partner", "admin")
FILES = tuple(f"-{form}" for form in FORMS)
#: How a query begins, without what differs between two of one sort: enough to tell which one there is more of.
BEGINNING = 160

Asked = dict[tuple[str, str], list[str]]


@pytest.fixture
def world(people: People, settings: Any) -> World:
    """Nothing is kept between two requests: what counts is a page that is made anew."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    people.team.stage = [StageFactory.create(order=order) for order in range(1, 6)][3]
    people.team.entered_on = clock.today() - timedelta(days=200)
    people.team.save(update_fields=["stage", "entered_on"])
    world = world_of(people.team)
    in_every_case(world)
    return world


def in_every_case(world: World) -> None:
    """The team, in the last stage but one, has every sort of condition, word and state there is."""
    team, today, asker = world.team, clock.today(), world.rows["request"].requested_by
    partner = MembershipFactory.create(team=team, role=Role.PARTNER).user
    for measure in Measure:
        criterion = CriterionFactory.create(stage=team.stage, measure=measure)
        Waiver.objects.create(
            team=team,
            criterion=criterion,
            reason="For now.",
            expires_on=today + timedelta(days=9),
            asked_by=asker,
            decided_by=partner,
            decided_at=clock.now(),
            state=Waiver.State.GRANTED,
        )
    shown = {"growth": "2.5", "before": 4, "after": 10, "since": today.isoformat(), "until": today.isoformat()}
    MeasurementFactory.create(team=team, measure=Measure.CONTRIBUTION_JUMP, detail={"shown": shown})
    for action, state in (("start", "in_progress"), ("done", "done"), ("not_applicable", "not_applicable")):
        milestone = MilestoneFactory.create(stage=team.stage, needs_verification=True)
        MilestoneEvent.objects.create(
            team=team, milestone=milestone, seq=1, action=action, state=state, actor=asker, note="So it is."
        )
        Comment.objects.create(team=team, milestone=milestone, text="And this?", by=asker)


def lookers(name: str) -> tuple[str, ...]:
    """Who of them opens a page."""
    return READERS[:1] if name.endswith(FILES) and "activator" in (POLICY[name].get or ()) else READERS


def asked(people: People, world: World) -> Asked:
    """The queries of every page, by its route and its reader."""
    token = token_for(people.activator, people.team, Token.Scope.READ)
    bearer = Client(headers={"Authorization": f"Bearer {token}"})
    clients = {reader: people.client(reader) for reader in READERS}
    pair = {"pair": str(Likeness.objects.order_by("pk")[0].pk)}
    found: Asked = {}
    for name in PAGES:
        rule = POLICY[name]
        address = reverse(name, kwargs=rule.parts(world))
        opened = {who: clients[who] for who in lookers(name) if who in (rule.get or ())}
        for reader, client in ({"bearer": bearer} if rule.bearer else opened).items():
            Glance.objects.all().delete()  # whoever comes first has every team judged; for the next it is less
            with CaptureQueriesContext(connection) as queries:
                response = client.get(address, pair if name == "pathways:likeness-reach" else {})
                b"".join(response)  # also one that streams
            assert response.status_code < 400, f"{address}: {response.status_code}"
            found[name, reader] = [query["sql"] for query in queries.captured_queries]
    return found


def more_of(few: list[str], many: list[str]) -> list[str]:
    """What there is more of."""
    return [*(Counter(sql[:BEGINNING] for sql in many) - Counter(sql[:BEGINNING] for sql in few))]


def test_a_page_asks_little_and_no_more_when_there_is_more_of_everything(people: People, world: World) -> None:
    grow(world, 2)
    few = asked(people, world)
    grow(world, 4)
    many = asked(people, world)
    wrong = {
        page: f"{len(queries)} queries"
        for page, queries in few.items()
        if len(queries) > MOST and page[0] not in REHEARSALS
    }
    for page, queries in few.items():
        if len(many[page]) != len(queries):
            wrong[page] = f"{len(queries)} queries, then {len(many[page])}: {more_of(queries, many[page])}"
    assert not wrong, "\n".join(f"{page}: {what}" for page, what in wrong.items())
