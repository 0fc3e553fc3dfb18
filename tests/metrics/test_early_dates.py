"""Days at the far ends of the calendar: refused where somebody asks for them, quarantined where a file brings them."""

from datetime import date

import pytest

from metrics.forms import SourceForm, UploadForm
from metrics.models import Contribution, Import, Span
from metrics.recount import recount
from pathways.models import Level
from teams.refusals import Refused
from tests.conftest import People
from tests.factories import PathwayFactory, PointFactory
from tests.metrics.files import deliver, file_of, row, source_for
from tests.metrics.test_explain import page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("name", ["active-contributors", "conversions"])
@pytest.mark.parametrize("on", ["0001-01-01", "0090-01-01", "1969-12-31"])
def test_no_page_is_asked_for_a_day_before_1970(people: People, name: str, on: str) -> None:
    query = {"on": on, "days": "36500"} if on == "0090-01-01" else {"on": on}
    viewer = people.client("viewer")
    assert "No contribution is counted before 1970." in page(viewer, name, status=422, **query)
    page(viewer, f"{name}-csv", status=404, **query)


@pytest.mark.parametrize("name", ["active-contributors", "conversions"])
@pytest.mark.parametrize("on", ["1970-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_are_answered(people: People, name: str, on: str) -> None:
    page(people.client("viewer"), name, on=on, days="36500")


def test_no_source_begins_and_no_file_ends_before_1970(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    source = source_for(pathway)
    for day, errs in (("1969-12-31", True), ("1970-01-01", False)):
        upload = UploadForm({"complete_to": day}, team=people.team)  # type: ignore[arg-type]
        declared = SourceForm({"starts_on": day}, team=people.team)  # type: ignore[arg-type]
        assert ("complete_to" in upload.errors, "starts_on" in declared.errors) == (errs, errs)
    with pytest.raises(Refused, match="before 1970"):
        deliver(source, file_of(row()), complete_to=date(1969, 12, 31))
    assert Import.objects.count() == 0


def test_acts_of_impossible_days_are_kept_and_break_no_page(people: People) -> None:
    pathway = PathwayFactory.create(team=people.team)
    PointFactory.create(pathway=pathway, level=Level.ACTIVE, n=1, w=30)
    source = source_for(pathway)
    dates = ("0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31")
    written = [f"c{number},Ann,ann@home.example,,{day}" for number, day in enumerate(dates)]
    delivery = deliver(source, file_of(*written))
    assert (delivery.state, delivery.new, delivery.quarantined) == (Import.State.DONE, 4, 3)
    assert Contribution.objects.get(state=Contribution.State.COUNTED).day == date(1970, 1, 1)
    recount(people.team.pk)
    assert {span.from_on for span in Span.objects.all()} == {date(1970, 1, 1)}
    viewer = people.client("viewer")
    for address in ("", "data/", "contributors/", "numbers/active_contributors/", "numbers/conversions/"):
        assert viewer.get(f"/teams/lantern/{address}").status_code == 200, address
    assert "or before 1970" in viewer.get("/teams/lantern/data/").content.decode()
