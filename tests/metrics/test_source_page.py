"""One source's page: what it is told, how it is connected, what is decided about it; and an import undone."""

from datetime import date

import pytest
from django.urls import reverse

from lifecycle import jobs
from metrics import hooks
from metrics.models import Contribution, Hook, Import, Source
from tests.conftest import People
from tests.factories import KindFactory, PathwayFactory
from tests.metrics.files import deliver, file_of, row, source_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(people: People) -> Source:
    return source_for(PathwayFactory.create(team=people.team), name="Commits")


def address(name: str, *args: object) -> str:
    return reverse(f"metrics:{name}", args=["lantern", *args])


def told(source: Source, **other: object) -> dict[str, object]:
    """What its form sends."""
    return {"name": source.name, "default_kind": source.default_kind_id, "starts_on": "", "zone": "UTC", **other}


def test_what_a_source_is_told_holds_for_what_is_there(people: People, source: Source) -> None:
    review = KindFactory.create(key="review")
    deliver(source, file_of(row(1), row(2, ts=1709251200)))
    client = people.client("activator")
    answer = client.post(
        address("source", source.pk),
        told(source, name="Code", starts_on="2024-02-01", zone="Asia/Kathmandu", counted_kinds=[review.pk]),
    )
    assert (answer.status_code, answer["Location"]) == (303, address("source", source.pk))
    jobs.drain()
    source.refresh_from_db()
    assert (source.name, source.zone, source.counted_kinds) == ("Code", "Asia/Kathmandu", [review.pk])
    assert source.starts_on == date(2024, 2, 1)
    assert sorted(Contribution.objects.values_list("state", flat=True)) == [0, 2]
    page = client.get(address("source", source.pk)).content.decode()
    assert "Asia/Kathmandu" in page
    assert "Quarantined" in page
    assert address("import", Import.objects.get().pk) in page
    assert f"{address('data')}?source={source.pk}#upload" in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "Reviews"}, {"zone": "Moon/Base"}, {"default_kind": "0"}, {"starts_on": "1969-12-31"}],
)
def test_what_cannot_be_is_said_beside_what_was_typed(people: People, source: Source, wrong: dict[str, str]) -> None:
    source_for(source.pathway, name="Reviews")
    answer = people.client("activator").post(address("source", source.pk), told(source, **wrong))
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    source.refresh_from_db()
    assert (source.name, source.starts_on) == ("Commits", None)


def test_quarantine_is_decided_by_one_click(people: People, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(starts_on=date(2024, 2, 1))
    source.refresh_from_db()
    deliver(source, file_of(row(1)))
    client = people.client("activator")
    assert "Count them" in client.get(address("data")).content.decode()
    assert client.post(address("source-decisions", source.pk), {"why": "before", "counts": "maybe"}).status_code == 422
    assert client.post(address("source-decisions", source.pk), {"why": "before", "counts": "no"}).status_code == 303
    page = client.get(address("data")).content.decode()
    assert "never, said" in page
    assert "Never count them" not in page
    assert client.post(address("source-decisions", source.pk), {"why": "before", "counts": "yes"}).status_code == 303
    jobs.drain()
    assert Contribution.objects.get().state == 0
    assert "Count them" not in client.get(address("data")).content.decode()


def test_a_webhook_is_connected_and_its_secret_is_shown_once(people: People) -> None:
    source = source_for(PathwayFactory.create(team=people.team), type="github")
    client = people.client("activator")
    assert "Not connected yet" in client.get(address("source", source.pk)).content.decode()
    made = client.post(address("source-secrets", source.pk)).content.decode()
    hook = Hook.objects.get()
    secret = hook.secrets.get()
    (_source, (shown,)) = hooks.found_at(hook.address) or (0, [""])
    assert shown in made
    page = client.get(address("source", source.pk)).content.decode()
    assert shown not in page
    assert secret.sealed not in made + page
    assert f"http://testserver{reverse('metrics:hook', args=[hook.address])}" in page
    assert client.post(address("source-secrets", source.pk)).status_code == 200
    assert client.post(address("source-secrets", source.pk)).status_code == 422
    assert client.post(address("source-secret-end", source.pk, secret.pk)).status_code == 303
    assert hook.secrets.count() == 1
    viewer = people.client("viewer").get(address("source", source.pk)).content.decode()
    assert "End it" not in viewer


def test_a_new_source_leads_to_how_it_is_connected(people: People, source: Source) -> None:
    fields = {"name": "Hook", "pathway": source.pathway_id, "default_kind": source.default_kind_id, "starts_on": ""}
    answer = people.client("activator").post(address("sources"), {**fields, "type": "github"})
    assert answer["Location"] == address("source", Source.objects.get(name="Hook").pk)


def test_a_source_of_files_has_no_secret(people: People, source: Source) -> None:
    assert people.client("activator").post(address("source-secrets", source.pk)).status_code == 422


@pytest.mark.parametrize(("type", "words"), [("git", "git "), ("perceval", "--json-line")])
def test_how_to_bring_data_stands_on_the_page(people: People, type: str, words: str) -> None:  # noqa: A002
    source = source_for(PathwayFactory.create(team=people.team), type=type)
    assert words in people.client("activator").get(address("source", source.pk)).content.decode()


def test_an_import_is_undone_and_read_once_more(people: People, source: Source) -> None:
    delivery = deliver(source, file_of(row(1)))
    client = people.client("activator")
    assert "Undo this import" in client.get(address("import", delivery.pk)).content.decode()
    assert client.post(address("undoings", delivery.pk), {"reason": " "}).status_code == 422
    assert client.post(address("undoings", delivery.pk), {"reason": "The wrong file."}).status_code == 303
    jobs.drain()
    page = client.get(address("import", delivery.pk)).content.decode()
    assert "The wrong file." in page
    assert "Undo this import" not in page
    assert client.post(address("undoings", delivery.pk), {"reason": "Again."}).status_code == 409
    answer = client.post(address("reruns", delivery.pk))
    again = Import.objects.latest("id")
    assert (answer.status_code, answer["Location"]) == (303, address("import", again.pk))
    jobs.drain()
    again.refresh_from_db()
    assert (again.new, again.filename, again.created_by) == (1, "acts.csv", people.activator)


def test_a_file_that_is_not_kept_cannot_be_read_once_more(people: People, source: Source) -> None:
    delivery = deliver(source, file_of(row(1)))
    delivery.file.delete(save=False)
    answer = people.client("activator").post(address("reruns", delivery.pk))
    assert answer.status_code == 422
    assert "Upload it again" in answer.content.decode()
