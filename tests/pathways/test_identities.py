"""Who joins whom: the same e-mail or the same account, never a name across sources, never a placeholder."""

import threading

import pytest
from django.db import connection, transaction

from pathways import identities
from pathways.models import Contributor, Identity

Words = tuple[str, str, str, str]


def resolve(*rows: Words) -> list[tuple[int, int]]:
    """(identity, contributor) of each (source, name, e-mail, account), in one staging table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE arrived (nth serial, source text, name text, email text, username text,"
            " identity_id integer, contributor_id integer) ON COMMIT DROP"
        )
        cursor.executemany("INSERT INTO arrived (source, name, email, username) VALUES (%s, %s, %s, %s)", rows)
        identities.resolve(cursor, table="arrived")
        cursor.execute("SELECT identity_id, contributor_id FROM arrived ORDER BY nth")
        found: list[tuple[int, int]] = cursor.fetchall()
        cursor.execute("DROP TABLE arrived")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "joins"),
    [
        (("csv", "Ann", "Ann@Home.example", ""), ("git", "A. B.", " ann@home.EXAMPLE ", ""), True),
        (("csv", "Ann", "ann+one@home.example", ""), ("csv", "Ann", "ann+two@home.example", ""), False),
        (("hub", "Ann", "", "ann"), ("hub", "A. B.", "", "Ann"), True),
        (("hub", "Ann", "", "ann"), ("lab", "Ann", "", "ann"), False),
        (("csv", "No Mail", "", ""), ("csv", " no mail", "", ""), True),
        (("csv", "No Mail", "", ""), ("git", "No Mail", "", ""), False),
        (("csv", "Ann", "devnull@localhost", ""), ("csv", "Bob", "devnull@localhost", ""), False),
        (("csv", "Ann", "none@none", ""), ("csv", "Bob", "none@none", ""), False),
        (("csv", "Ann", "root", ""), ("csv", "Bob", "root", ""), False),
        (("csv", "Ann", "@", ""), ("csv", "Bob", "@", ""), False),
        (("csv", "Ann", "me@laptop.(none)", ""), ("csv", "Bob", "me@laptop.(none)", ""), False),
        (("csv", "Zoe\u0308", "", ""), ("csv", "Zo\u00eb", "", ""), True),
    ],
)
def test_what_joins_two_people(first: Words, second: Words, joins: bool) -> None:
    [(_, together), (_, with_second)] = resolve(first, second)
    assert (together == with_second) is joins
    [(_, apart_first)], [(_, apart_second)] = resolve(first), resolve(second)
    assert (apart_first, apart_second) == (together, with_second)  # the same when they come one after the other


@pytest.mark.django_db
def test_the_same_words_again_add_nothing() -> None:
    ann = ("csv", "Ann", "ann@home.example", "")
    assert resolve(ann, ann) == [*resolve(ann), *resolve(ann)]
    assert (Identity.objects.count(), Contributor.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_newcomer_follows_the_pointer_of_the_identity_it_joins() -> None:
    """After a merge, another name with the same address belongs to the person it was merged into."""
    [(identity, _)] = resolve(("csv", "Ann", "ann@home.example", ""))
    merged = Contributor.objects.create(name="Anna")
    Identity.objects.filter(id=identity).update(contributor=merged)
    [(_, contributor)] = resolve(("csv", "A. B.", "ann@home.example", ""))
    assert contributor == merged.id


@pytest.mark.django_db
def test_overlong_words_are_trimmed_and_found_again() -> None:
    long = ("csv", "x" * 500, "", "y" * 500)
    assert resolve(long) == resolve(long)


@pytest.mark.django_db(transaction=True)
def test_two_imports_that_meet_the_same_newcomers_make_one_person_of_each() -> None:
    rounds = [f"new{n}@home.example" for n in range(8)]  # without the lock, some of eight rounds make two people
    barrier = threading.Barrier(4)
    found: list[int] = []

    def race(name: str) -> None:
        for email in rounds:
            barrier.wait()
            found.append(resolve(("csv", name, email, ""))[0][1])
        connection.close()

    threads = [threading.Thread(target=race, args=(f"Name {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 * len(rounds)
    assert len(set(found)) == len(rounds)
    assert Contributor.objects.count() == len(rounds)
