"""Tables whose header does not tell enough: what is proposed, what a person says, and what is remembered."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lifecycle import jobs
from metrics import imports
from metrics.models import Contribution, Import, Source
from metrics.sources import Options, Problem, Raw, csv
from metrics.sources.days import order_of
from metrics.sources.dialects import FIELDS, guess, with_content
from pathways.models import Identity
from teams.refusals import Refused
from tests.conftest import People
from tests.factories import PathwayFactory
from tests.metrics.files import deliver, file_of, row, source_for

GITLAB = (
    "\ufeffIssue ID,URL,Title,State,Description,Author,Author Username,Assignee,Assignee Username,Confidential,Locked,"
    "Due Date,Created At (UTC),Updated At (UTC),Closed At (UTC),Milestone,Weight,Labels,Time Estimate,Time Spent\n"
    '7,https://code.example/lamp/-/issues/7,"Dark, at night",Open,"line one\nline two",Ann Lind,ann,,,No,No,,'
    "2024-01-10 12:00:00,2024-01-11 09:00:00,,,,,0,0\n"
).encode()
DISCOURSE = (
    b"topic_title,category,sub_category,is_pm,post,like_count,reply_count,url,created_at\n"
    b"Lamps,Help,,No,Try the other switch,1,0,https://talk.example/t/1/2,2024-01-10 12:00:00 UTC\n"
    b"Secret,,,Yes,Only for you,0,0,https://talk.example/t/9/1,2024-01-11 12:00:00 UTC\n"
)


def header(content: bytes) -> Sequence[str]:
    return csv.behind_names(io.BytesIO(content))[2]


@pytest.mark.parametrize(
    ("names", "dialect", "columns"),
    [
        ("bug_id,reporter,assigned_to,opendate,short_desc", "Bugzilla", {"external_id": "bug_id", "date": "opendate"}),
        ("Bug ID,Reporter,Assignee,Summary,Opened", "Bugzilla, for people", {"username": "Reporter", "date": "Opened"}),
        ("number,title,author,createdAt,url", "GitHub, by gh", {"external_id": "url", "username": "author"}),
        (
            "title,activity_type,occurred_at,key,github,email",
            "Orbit, activities",
            {"external_id": "key", "kind": "activity_type", "email": "email"},
        ),
        ("Wann,Wer", "", {}),
        ("Id;Date;E-Mail", "", {"external_id": "Id", "date": "Date", "email": "E-Mail"}),
        ("ID\tCreated\tLogin", "", {"external_id": "ID", "date": "Created", "username": "Login"}),
    ],
)
def test_what_a_header_seems_to_hold(names: str, dialect: str, columns: dict[str, str]) -> None:
    found = guess(header(names.encode()))
    assert found.dialect == dialect
    assert columns.items() <= found.columns.items()
    assert set(found.columns) <= set(FIELDS)
    assert len(set(found.columns.values())) == len(found.columns)


def test_what_a_header_does_not_tell_the_first_rows_may() -> None:
    rows = [["1", "ann@home.example", "28.02.2024", "2024-01-01"], ["2", "", "1.2.2024", "2024-01-02"]]
    found = with_content(guess(["A", "B", "C", "Date"]), ["A", "B", "C", "Date"], rows)
    assert found.columns == {"email": "B", "date": "Date"}, "a name in the header goes before"
    assert with_content(guess(["A"]), ["A"], []).columns == {}


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("Member,Company,Role,First Seen,Last Seen,Activity Count,Tags", "sums for each person"),
        ("Member,Company,First Contrib,Last Contrib,Contrib Count,Tags", "sums for each person"),
        ("Name,Role,Email,Last Seen,Community,Community Status", "lists people"),
        ("id,name,username,email,title,created_at,trust_level,posts_read_count", "lists people"),
        ("name,email,github,twitter,linkedin,discord", "lists people"),
        ('"Bug ID","Product","Component","Assignee","Status","Resolution","Summary","Changed"', "assigned to"),
        ("bug_id,product,component,assigned_to,bug_status,resolution,short_desc,changeddate", "assigned to"),
    ],
)
def test_what_holds_no_contributions_is_refused_with_the_reason(names: str, reason: str) -> None:
    assert reason in guess(header(names.encode())).refusal
    (batch,) = csv.read(io.BytesIO(names.encode() + b"\n"))
    assert reason in batch.problems[0].reason


def rows_of(content: bytes, **said: Any) -> list[Raw]:
    found = list(csv.found(io.BytesIO(content), Options.of(said, zone=said.pop("zone", ""))))
    assert all(isinstance(one, Raw | str) for one in found), found
    return [one for one in found if isinstance(one, Raw)]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
def test_cells_may_be_parted_by_any_of_three_marks(mark: str, begin: str) -> None:
    content = begin + mark.join(["Commit", "AUTHOR_NAME", "Author_TS"]) + "\n" + mark.join(["c1", "Ann", "0"]) + "\n"
    (found,) = rows_of(content.encode())
    assert (found.external_id, found.name, found.occurred_at) == ("c1", "Ann", datetime(1970, 1, 1, tzinfo=UTC))


def test_times_without_a_zone_are_in_the_one_that_was_named() -> None:
    content = b"id,name,date\nc1,Ann,2024-01-10 01:00:00\n"
    (found,) = rows_of(content, zone="Asia/Kathmandu")
    assert found.occurred_at == datetime(2024, 1, 9, 19, 15, tzinfo=UTC)
    (problem,) = csv.found(io.BytesIO(content), Options())
    assert "time zone" in problem.reason  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "order", "wanted"),
    [
        ("28.02.2024", "dmy", datetime(2024, 2, 28, tzinfo=UTC)),
        ("3/2/2024", "dmy", datetime(2024, 2, 3, tzinfo=UTC)),
        ("3/2/2024", "mdy", datetime(2024, 3, 2, tzinfo=UTC)),
        ("2024-02-03", "mdy", datetime(2024, 2, 3, tzinfo=UTC)),
        ("02/28/2024 12:05 AM", "mdy", datetime(2024, 2, 27, 23, 5, tzinfo=UTC)),
        ("2/28/2024, 2:05:09 pm", "mdy", datetime(2024, 2, 28, 13, 5, 9, tzinfo=UTC)),
        ("31.12.2024", "mdy", None),
        ("2/28/2024 13:05 PM", "mdy", None),
        ("3.2/2024", "dmy", None),
        ("3/2/2024", "", None),
    ],
)
def test_days_as_spreadsheets_write_them(written: str, order: str, wanted: datetime | None) -> None:
    content = f'id,name,date\nc1,Ann,"{written}"\n'.encode()
    (found,) = csv.found(io.BytesIO(content), Options.of({"days": order}, zone="Europe/Berlin"))
    assert (found.occurred_at if isinstance(found, Raw) else None) == wanted


def test_a_day_that_cannot_be_is_told_as_it_stands() -> None:
    for order, reason in (("mdy", "in the order that this source was told"), ("", "does not tell day from month")):
        (problem,) = csv.found(io.BytesIO(b"id,name,date\nc1,Ann,31.12.2024\n"), Options.of({"days": order}, zone=""))
        assert isinstance(problem, Problem)
        assert problem.reason.startswith("“31.12.2024”")
        assert reason in problem.reason


def test_a_number_that_is_no_month_tells_the_order() -> None:
    assert order_of(["Ann", "28/2/2024", "1/2/2024"]) == order_of(["01.02.2024"]) == "dmy"
    assert order_of(["2/28/2024"]) == "mdy"
    assert order_of(["01/02/2024"]) == order_of(["28/2/2024", "2/28/2024"]) == order_of(["2024-02-28"]) == ""


def test_a_row_that_is_left_out_need_not_be_sound() -> None:
    content = b"id,name,date,is_pm\nc1,Ann,2024-01-10,false\nc2,,no date,true\n"
    assert [row.external_id for row in rows_of(content, leave_out={"is_pm": ["true"]})] == ["c1"]


def test_a_plain_day_is_a_day_of_utc_wherever_the_source_is() -> None:
    (found,) = rows_of(b"id,name,date\nc1,Ann,2024-01-10\n", zone="Asia/Kathmandu")
    assert found.occurred_at == datetime(2024, 1, 10, tzinfo=UTC)


def test_rows_without_an_id_are_known_by_all_their_cells() -> None:
    told = {"columns": {"external_id": "*", "name": "who", "date": "when"}}
    found = rows_of(b"who,when,what\nAnn,2024-01-10,a\nAnn,2024-01-10,b\nAnn,2024-01-10,a\n", **told)
    assert found[0].external_id == found[2].external_id != found[1].external_id


def test_a_column_that_is_gone_from_the_header_is_named() -> None:
    (batch,) = csv.read(io.BytesIO(b"id,name,date\n"), Options(columns={"name": "who"}))
    assert "lacks the column “who”" in batch.problems[0].reason


# --- on the page ------------------------------------------------------------------------------


@pytest.fixture
def source(people: People) -> Source:
    return source_for(PathwayFactory.create(team=people.team))


def address(name: str, *args: object) -> str:
    return reverse(f"metrics:{name}", args=["lantern", *args])


def uploaded(people: People, source: Source, content: bytes) -> Import:
    sent = {"source": source.pk, "file": SimpleUploadedFile("export.csv", content), "complete_to": ""}
    people.client("activator").post(address("uploads"), sent)
    jobs.drain()
    found: Import = Import.objects.latest("id")
    return found


@pytest.mark.django_db
def test_a_table_whose_header_tells_enough_asks_nothing(people: People, source: Source) -> None:
    assert uploaded(people, source, file_of(row(1))).state == Import.State.DONE


@pytest.mark.django_db
def test_a_foreign_table_is_looked_at_told_read_and_remembered(people: People, source: Source) -> None:
    delivery = uploaded(people, source, GITLAB)
    client = people.client("activator")
    assert delivery.state == Import.State.ASKING
    page = client.get(address("columns", delivery.pk)).content.decode()
    assert "GitLab issues" in page
    assert "Dark, at night" in page
    said = {
        "external_id": "URL",
        "date": "Created At (UTC)",
        "name": "Author",
        "username": "Author Username",
        "zone": "UTC",
    }
    looked = client.post(address("columns", delivery.pk), said)
    assert "10 Jan 2024 12:00:00" in looked.content.decode()
    assert not Contribution.objects.exists()
    answer = client.post(address("columns", delivery.pk), {**said, "read": "yes"})
    assert (answer.status_code, answer["Location"]) == (303, address("import", delivery.pk))
    jobs.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.new) == (Import.State.DONE, 1)
    assert Identity.objects.get().username == "ann"
    assert client.get(address("columns", delivery.pk))["Location"] == address("import", delivery.pk)
    assert uploaded(people, source, GITLAB).duplicate == 1  # nobody is asked again


@pytest.mark.django_db
def test_dates_that_only_a_person_can_read_are_asked_about_and_may_be_told_anew(people: People, source: Source) -> None:
    client = people.client("activator")
    content = b"id,name,date\nc1,Ann,28.02.2024\nc2,Bo,02.01.2024\n"
    delivery = uploaded(people, source, content)
    assert delivery.state == Import.State.ASKING
    page = client.get(address("columns", delivery.pk)).content.decode()
    assert '<option value="dmy" selected>' in page, "the dots tell"
    said = {"external_id": "id", "date": "date", "name": "name", "days": "dmy", "read": "yes"}
    client.post(address("columns", delivery.pk), said)
    jobs.drain()
    assert [act.day.isoformat() for act in Contribution.objects.order_by("day")] == ["2024-01-02", "2024-02-28"]
    other = uploaded(people, source, b"key,name,date\nc3,Ann,29.02.2024\n")
    assert other.state == Import.State.ASKING, "the column that was told is not there"
    late = "".join(f"d{n},Ann,2024-01-0{n + 1}\n" for n in range(6)) + "d9,Ann,2/29/2024\n"
    wrong = uploaded(people, source, f"id,name,date\n{late}".encode())
    assert wrong.state == Import.State.REJECTED
    assert address("columns", wrong.pk) in client.get(address("import", wrong.pk)).content.decode()
    answer = client.post(address("columns", wrong.pk), {**said, "days": "mdy"})
    jobs.drain()
    again = Import.objects.latest("id")
    assert (answer["Location"], again.state, again.new) == (address("import", again.pk), Import.State.DONE, 7)


@pytest.mark.django_db
def test_posts_of_one_person_name_nobody_and_private_ones_stay_out(people: People, source: Source) -> None:
    delivery = uploaded(people, source, DISCOURSE)
    client = people.client("activator")
    assert "Say below whose posts these are" in client.get(address("columns", delivery.pk)).content.decode()
    said = {"external_id": "url", "date": "created_at", "read": "yes"}
    refused = client.post(address("columns", delivery.pk), said)
    assert refused.status_code == 422
    assert "Say who did it" in refused.content.decode()
    client.post(address("columns", delivery.pk), {**said, "all_by": "Ann", "all_by_email": "ann@home.example"})
    jobs.drain()
    delivery.refresh_from_db()
    assert (delivery.new, delivery.passed) == (1, {"rows with is_pm: Yes": 1})
    assert Identity.objects.get().email == "ann@home.example"


@pytest.mark.django_db
def test_what_does_not_fit_is_said_before_anything_is_read(people: People, source: Source) -> None:
    delivery = uploaded(people, source, b"What,Who,When\nx,Ann,yesterday\n")
    said = {"external_id": "*", "name": "Who", "date": "When", "read": "yes"}
    answer = people.client("activator").post(address("columns", delivery.pk), said)
    assert answer.status_code == 422
    assert "“yesterday” is no date" in answer.content.decode()
    delivery.refresh_from_db()
    assert delivery.state == Import.State.ASKING


@pytest.mark.django_db
def test_a_file_that_nobody_can_explain_is_rejected_at_once(people: People, source: Source) -> None:
    for content in (b"", b"\xff\xfe", b"Member,Company,Role,First Seen,Last Seen,Activity Count,Tags\n"):
        assert uploaded(people, source, content).state == Import.State.REJECTED


@pytest.mark.django_db
def test_on_the_command_line_nobody_is_asked(source: Source) -> None:
    assert deliver(source, GITLAB).state == Import.State.REJECTED


@pytest.mark.django_db
def test_a_source_without_files_takes_none(people: People) -> None:
    stream = source_for(PathwayFactory.create(team=people.team), type="api")
    with pytest.raises(Refused, match="takes no files"):
        imports.receive(stream, file=ContentFile(b"x"), filename="a", actor=None)
