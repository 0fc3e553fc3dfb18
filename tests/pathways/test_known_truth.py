"""Automatic joins against people of whom the truth is known: hardly ever wrong, and how many of them are found."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations

import pytest

from pathways.models import Identity
from tests.pathways.people import Given, resolve

pytestmark = pytest.mark.django_db

PEOPLE, SEED = 400, 2026
GIVEN_NAMES = ["Ann", "José", "Bjo\u0308rn", "Alex", "Zoë", "山田", "Анна", "Mary"]
FAMILY_NAMES = ["Li", "Díaz", "Smith", "Ngu\u0302ye\u0303n", "Müller", "太郎", "Иванова", "O'Neil"]
NOBODYS = ["devnull@localhost", "root", "none@none", "", "@", "=", "noreply@github.com", "you@example.com"]
NOBODYS += ["me@laptop.(none)", "root@box.localdomain", "a b", "\u201cx@y.example\u201d"]


def truth(dice: random.Random) -> dict[Given, int]:
    """What each of many people tells of themselves, through two git streams, a forum and GitHub: row and person.

    Streams: a git history has names and addresses, a forum accounts, GitHub's events all three, commits among them.
    """
    whose: dict[Given, int] = {}
    for person in range(PEOPLE):
        name = f"{dice.choice(GIVEN_NAMES)} {dice.choice(FAMILY_NAMES)}"
        account = f"user{person}" if dice.random() < 0.7 else ""
        renamed = f"renamed{person}" if account and dice.random() < 0.05 else ""
        addresses = [f"p{person}@{host}.example" for host in ("home", "work", "uni")[: dice.randint(1, 3)]]
        if account and dice.random() < 0.4:
            addresses.append(f"{account}@users.noreply.github.com")
            addresses.append(f"{9000 + person}+{account.capitalize()}@users.noreply.github.com")
        if account and dice.random() < 0.03:
            addresses.append(f"{account}+tag@home.example")
        rows = []
        for address in addresses:
            spelt = dice.choice([name, name.upper(), name.split(maxsplit=1)[0], f"{name} [:p{person}]"])
            rows.append(Given(f"git:{dice.randint(1, 2)}", spelt, dice.choice([address, address.upper()])))
            if account and dice.random() < 0.6:
                rows.append(Given("github", name, address, dice.choice([account, renamed or account])))
        if account and dice.random() < 0.8:
            rows.append(Given("github", "", "", account))
        if dice.random() < 0.3:
            rows.append(Given("forum:1", "", "", f"nick{person}"))
        if dice.random() < 0.2:
            rows.append(Given(f"git:{dice.randint(1, 2)}", name, dice.choice(NOBODYS)))
        if dice.random() < 0.02:  # two who use one machine, and so one address
            rows.append(Given("git:1", name, "shared@lab.example"))
        for row in rows:
            # Of a name behind a placeholder, nobody can tell whose it is when two have it: the first stands.
            whose.setdefault(row, person)
    for number, robot in enumerate(("dependabot[bot]", "sync-bot")):
        for row in (Given("github", robot, "", robot), Given("git:1", robot, f"{robot}@users.noreply.github.com")):
            whose[row] = PEOPLE + number
    return whose


def pairs(groups: Iterable[Iterable[Given]]) -> set[frozenset[Given]]:
    return {frozenset(pair) for group in groups for pair in combinations(sorted(group), 2)}


def grouped(whose: dict[Given, int]) -> list[list[Given]]:
    groups: dict[int, list[Given]] = defaultdict(list)
    for row, who in whose.items():
        groups[who].append(row)
    return list(groups.values())


def test_automatic_joins_are_right_in_99_of_100_cases(record_property: Callable[[str, object], None]) -> None:
    dice = random.Random(SEED)
    whose = truth(dice)
    rows = list(whose)
    dice.shuffle(rows)
    assert Counter(row.email in NOBODYS for row in rows)[True] > 50
    for start in range(0, len(rows), 97):
        resolve(*rows[start : start + 97])
    found = {
        Given(*words): who
        for *words, who in Identity.objects.values_list("source", "name", "email", "username", "contributor")
    }
    joined = pairs(grouped({row: found[row] for row in rows}))
    true = pairs(grouped(whose))
    precision, recall = len(joined & true) / len(joined), len(joined & true) / len(true)
    record_property("precision", precision)
    record_property("recall", recall)
    assert len(joined) > 1_000
    assert precision >= 0.99
    # 0.992 and 0.629 when this was written. What is not found is asked about: addresses that nothing ties together.
    assert recall >= 0.60
