"""What came in finds its identity and its person: by one rule, in Python and in SQL, once."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pathways.keys import BLANKS, WRAPS, keys_of
from pathways.models import Contributor, Identity
from tests.factories import IdentityFactory
from tests.pathways.people import Given, resolve

NOBODYS = ["", " ", "@", "=", "root", "none@none", "devnull@localhost", "devnull@LOCALHOST", "ann@laptop.(none)"]
NOBODYS += ["ann@box.localdomain", "ann@", "@home.example", "ann@home.example.", "ann@.example", "ann@bo@home.example"]
NOBODYS += ["ann smith@home.example", "noreply@github.com", "NoReply@GitHub.com", "root@home.example", "localhost"]
NOBODYS += ["\u201cann@home.example\u201d", '"ann@home.example"', "<ann@home.example>", "mailto:ann@home.example"]
NOBODYS += ["you@example.com", "ann@example.com", "ann@mail.example.org", "nobody@home.example", "you@email.com"]
NOBODYS += ["ghost@users.noreply.github.com", "7+Ghost@users.noreply.github.com", "ann@nowhere.invalid"]


@pytest.mark.parametrize("email", NOBODYS)
def test_a_placeholder_joins_nobody(email: str) -> None:
    assert keys_of("csv:1", "Ann", email, "") == ("name:csv:1:ann", None)
    assert keys_of("csv:1", "Ann", email, "AnnS") == ("user:csv:1:anns", None)


@pytest.mark.parametrize("account", ["ghost", "Ghost", "root", "-", "n/a", " unknown "])
def test_an_account_that_stands_for_many_joins_nobody(account: str) -> None:
    assert keys_of("github", "Ann", "", account) == ("name:github:ann", None)
    assert keys_of("github", "Ann", "ann@home.example", account) == ("mail:ann@home.example", None)
    assert keys_of("github", "", "", account).join_key.startswith("name:github:")  # and is somebody all the same


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("  Ann@Home.Example\u200b", "mail:ann@home.example"),
        ("ann+lists@home.example", "mail:ann+lists@home.example"),
        ("ÄNN@home.example", "mail:änn@home.example"),
        ("Ann@laptop.local", "mail:ann@laptop.local"),
        ("Ann@notexample.com", "mail:ann@notexample.com"),
        ("o'neil@home.example", "mail:o'neil@home.example"),
        ("ann+1@users.noreply.github.com", "mail:ann+1@users.noreply.github.com"),
    ],
)
def test_an_address_of_ones_own_joins_everywhere(email: str, key: str) -> None:
    assert keys_of("csv:1", "Ann", email, "") == (key, None)
    assert keys_of("forum:2", "Bo", email, "Bo") == (key, "user:forum:2:bo")


@pytest.mark.parametrize("email", ["Ann@users.noreply.github.com", " 123+ANN@users.NOREPLY.github.com"])
def test_a_noreply_address_of_github_is_the_account(email: str) -> None:
    assert keys_of("csv:1", "Ann", email, "") == ("user:github:ann", None)
    assert keys_of("github", "Ann", email, "ann") == ("user:github:ann", None)
    assert keys_of("github", "Ann", email, "renamed") == ("user:github:ann", "user:github:renamed")
    assert keys_of("gitlab:code.example", "Ann", email, "ann") == ("user:github:ann", "user:gitlab:code.example:ann")


def test_a_name_joins_within_its_source_in_any_case_and_form() -> None:
    assert keys_of("csv:1", "JOSÉ", "", "") == keys_of("csv:1", " Jose\u0301 ", "", "") == ("name:csv:1:josé", None)
    assert keys_of("csv:2", "José", "", "") != keys_of("csv:1", "José", "", "")
    assert keys_of("csv:1", "", "", " ") == ("", None)


AWKWARD = "@@..++()Aa\u00e9\u0301\u00df\u1e9e\u0130\u0131\u017f\u03a3\u03c2\u00c5\u212b\ufb01\u01c4\u0414\u0639\u65e5"
BITS = st.sampled_from([*NOBODYS, *AWKWARD, *BLANKS, *WRAPS, "ann", "home.example", ".localdomain"])
NOREPLY = st.builds("{}{}@users.noreply.github.com".format, st.sampled_from(["", "1+", "23+"]), st.sampled_from("abA"))
TEXT = st.one_of(
    st.lists(BITS, max_size=6).map("".join),
    # The letters that a server of any supported version knows: those of Unicode 12 are a safe subset.
    st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0", max_codepoint=0x1EFF), max_size=12),
)
ADDRESS = st.one_of(TEXT, st.builds("{}@{}.{}".format, TEXT, TEXT, TEXT), NOREPLY)
GIVEN = st.builds(
    Given,
    source=st.sampled_from(["csv:1", "github"]),
    name=TEXT,
    email=ADDRESS,
    username=st.one_of(TEXT, st.sampled_from(["a", "B", "ghost"])),
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(GIVEN, min_size=1, max_size=12))
def test_sql_and_python_agree(rows: list[Given]) -> None:
    with transaction.atomic():
        found = resolve(*rows)
        for row, (identity, _contributor) in zip(rows, found, strict=True):
            keys = keys_of(*row)
            found_keys = Identity.objects.values_list("join_key", "account_key").filter(pk=identity).first()
            assert (found_keys or ("", None)) == keys
            assert (identity is None) == (keys.join_key == "")
        assert resolve(*rows) == found
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_sql_and_python_agree_on_each_placeholder() -> None:
    rows = [Given(name="Ann", email=email, username=account) for email in NOBODYS for account in ("", "ghost", "anns")]
    resolve(*rows)
    for *words, first, second in Identity.objects.values_list(
        "source", "name", "email", "username", "join_key", "account_key"
    ):
        assert (first, second) == keys_of(*words)


@pytest.mark.django_db
def test_one_person_under_several_spellings_is_one_contributor() -> None:
    found = resolve(
        Given(name="Ann Smith", email="ann@home.example"),
        Given(name="ann", email="Ann@Home.Example "),
        Given("forum:2", name="", email="ANN@home.example", username="anns"),
        Given(name="Ann Smith", email="ann+work@home.example"),
    )
    assert len({identity for identity, _person in found}) == 4
    assert [person == found[0][1] for _identity, person in found] == [True, True, True, False]
    assert set(Contributor.objects.values_list("name", flat=True)) == {"Ann Smith"}


@pytest.mark.django_db
def test_strangers_behind_one_placeholder_stay_apart() -> None:
    found = resolve(*(Given(name=name, email="devnull@localhost") for name in ("Ann", "Bo", "BO")))
    assert len({person for _identity, person in found}) == 2


@pytest.mark.django_db
def test_somebody_known_keeps_identity_and_person() -> None:
    known = IdentityFactory.create(source="csv:1", name="Ann", email="ann@home.example")
    found = resolve(Given(name="Ann", email="ann@home.example"), Given(name="A.", email="ann@home.example"))
    assert found[0] == (known.pk, known.contributor_id)
    assert found[1][1] == known.contributor_id
    assert Contributor.objects.count() == 1


@pytest.mark.django_db
def test_what_is_too_long_is_cut_and_nobody_stays_nobody() -> None:
    found = resolve(Given(name="x" * 900, email="y" * 900, username="z" * 900), Given(name=" ", email="\t"))
    identity = Identity.objects.get()
    assert (len(identity.name), len(identity.email), len(identity.username)) == (200, 254, 120)
    assert found == [(identity.pk, identity.contributor_id), (None, None)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "name"),
    [
        (Given(name="Ann", email="a@home.example", username="anns"), "Ann"),
        (Given(email="a@home.example", username="anns"), "anns"),
        (Given(email="a@home.example"), "a"),
        (Given(email="@"), "@"),
    ],
)
def test_a_new_person_is_called_by_the_best_there_is(given: Given, name: str) -> None:
    resolve(given)
    assert Contributor.objects.get().name == name


@pytest.mark.django_db
def test_the_keys_that_came_in_can_be_looked_up_by_the_index() -> None:
    """Under another collation every look-up of the oldest identity would walk all identities."""
    IdentityFactory.create(email="ann@home.example")
    resolve(Given(name="Ann Other", email="ann@home.example"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT attcollation) FROM pg_attribute WHERE attname = 'join_key'"
            " AND attrelid IN ('pathways_identity'::regclass, 'pg_temp.unmet'::regclass)"
        )
        assert cursor.fetchone() == (1,)
