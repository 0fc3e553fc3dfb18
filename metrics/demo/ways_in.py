"""Every way in, shown by one demo team: files in each state, a webhook, the API, an entry by hand."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.core.files.base import ContentFile

from lifecycle import clock, jobs
from metrics import deliveries, hand, hooks, imports, sourcing, tokens, withdrawals
from metrics.demo.past import at, days_ago
from metrics.models import Import, Source, Token
from pathways.models import Kind, Pathway
from teams.models import Membership, Role, Team, User

SLUG = "beacon"
#: So that a demo that is made again names its deliveries alike.
NAMES = UUID("5c2d7b52-5a39-4b61-9f0e-6d6a3a3f5a11")
ZERO = "0" * 40
REPOSITORY = {"default_branch": "main", "full_name": "beacon/rules", "html_url": "https://github.com/beacon/rules"}

#: Who, by which address, so many days ago, did what; two of the days cannot be right.
HEADER = "id,name,email,date,kind"
SOUND = [
    ("w1", "Noa Berg", "noa.berg", 6, "event_attended"),
    ("w2", "Ivo Kern", "ivo.kern", 6, "event_attended"),
    ("w3", "Noa Berg", "noa.berg", 4, "recipe_test"),
    ("w4", "Ivo Kern", "ivo.kern", 4, "recipe_test"),
    ("w5", "Ada Holm", "ada.holm", 2400, "event_attended"),
    ("w6", "Ivo Kern", "ivo.kern", -9000, "event_attended"),
]
DAMAGED = "id,name,email,date\nx1,Noa Berg,noa.berg@demo.example,soon\nx2,,,2026-02-30\nx3,Ivo Kern\n"
FOREIGN = "Vorgang;Wer;Adresse;Wann\n7001;Noa Berg;noa.berg@demo.example;14.03.2026\n7002;Ivo Kern;;15.03.2026\n"


def show(team: Team) -> None:
    """What comes by each way, and what people have done about it."""
    pathway = Pathway.objects.get(team=team)
    activator = team.memberships.filter(role=Role.ACTIVATOR).select_related("user")[0].user
    wrong = _files(pathway, activator)
    _webhook(_source(pathway, "Rules repository", "commit", Source.Type.GITHUB), activator)
    _programs(_source(pathway, "Kitchen bot", "support_answer", Source.Type.API), activator)
    jobs.drain()
    wrong.refresh_from_db()
    withdrawals.withdraw(wrong, actor=activator, reason="These are the sign-ups of last year.")
    jobs.drain()


def _source(pathway: Pathway, name: str, kind: str, of: Source.Type) -> Source:
    return sourcing.source_of(pathway, name=name, default_kind=Kind.objects.get(key=kind), of=of)


def _files(pathway: Pathway, actor: User) -> Import:
    """One that is taken in, one that cannot be read, one that waits for its columns; and one that is the wrong one."""
    attended = Kind.objects.get(key="event_attended")
    told = {"name": "Workshop sign-ups", "default_kind": attended, "starts_on": days_ago(900)}
    source = sourcing.add(Source(team=pathway.team, pathway=pathway, **told))
    rows = [f"{key},{name},{mail}@demo.example,{days_ago(ago)},{kind}" for key, name, mail, ago, kind in SOUND]
    last_year = [
        f"{key}-old,{name},{mail}@demo.example,{days_ago(371)},{kind}" for key, name, mail, _ago, kind in SOUND[:2]
    ]

    def receive(filename: str, content: str, complete_to: date | None = None) -> Import:
        file = ContentFile(content.encode())
        return imports.receive(source, file=file, filename=filename, actor=actor, complete_to=complete_to)

    wrong = receive("sign-ups-2025.csv", "\n".join([HEADER, *last_year, ""]))
    receive("sign-ups.csv", "\n".join([HEADER, *rows, ""]), days_ago(1))
    receive("sign-ups-by-hand.csv", DAMAGED)
    receive("anmeldungen.csv", FOREIGN)
    return wrong


def _webhook(source: Source, actor: User) -> None:
    """Three deliveries; before the last one, a push is missing."""
    hooks.add_secret(source, actor=actor)
    told: list[tuple[str, dict[str, object]]] = [
        ("ping", {"zen": "Keep it simple.", "repository": REPOSITORY}),
        ("push", _push([1, 2], before=ZERO)),
        ("push", _push([5], before=_hash(4))),
    ]
    for number, (event, payload) in enumerate(told):
        guid = str(uuid5(NAMES, f"{source.pk}-{number}"))
        deliveries.receive(source.pk, guid=guid, event=event, body=json.dumps(payload).encode())


def _hash(number: int) -> str:
    """As git's look."""
    return uuid5(NAMES, f"commit {number}").hex + uuid5(NAMES, f"{number}").hex[:8]


def _push(numbers: list[int], *, before: str) -> dict[str, object]:
    return {
        "ref": "refs/heads/main",
        "before": before,
        "after": _hash(numbers[-1]),
        "deleted": False,
        "commits": [_commit(number) for number in numbers],
        "repository": REPOSITORY,
    }


def _commit(number: int) -> dict[str, object]:
    written: datetime = at(days_ago(2), hour=8 + number)
    author = {"name": "Tova Lind", "email": "tova.lind@demo.example", "username": "tovalind"}
    told = {"id": _hash(number), "message": "Mend a rule", "timestamp": written.isoformat(), "distinct": True}
    return {**told, "author": author}


def _programs(source: Source, actor: User) -> None:
    """Tokens that are good, ended, over, and of somebody who has left; and a contribution that no program tells of."""
    team, last = source.team, clock.today() + timedelta(days=90)
    tokens.make(team, actor=actor, name="Nightly export of the kitchen bot", scope=Token.Scope.WRITE, expires_on=last)
    ended, _text = tokens.make(team, actor=actor, name="First try", scope=Token.Scope.READ, expires_on=last)
    tokens.end(ended)
    over, _text = tokens.make(team, actor=actor, name="Workshop", scope=Token.Scope.READ, expires_on=last)
    Token.objects.filter(pk=over.pk).update(expires_on=days_ago(12))  # the verb makes none that is over already
    left, _text = tokens.make(team, actor=actor, name="Moving the old forum", scope=Token.Scope.READ, expires_on=last)
    gone = User.objects.get(username="tomas")
    Membership.objects.create(
        team=team,
        user=gone,
        role=Role.ACTIVATOR,
        starts_on=days_ago(150),
        ends_on=days_ago(40),
        accepted_at=at(days_ago(150)),
    )
    Token.objects.filter(pk=left.pk).update(made_by=gone)
    act = hand.Act(
        kind=Kind.objects.get(key="support_answer"),
        day=days_ago(3),
        what="An answer on the phone",
        name="Ada Holm",
        email="ada.holm@demo.example",
        witness="Jonas Feld",
    )
    hand.enter(source, act, actor=actor, key=uuid5(NAMES, f"{source.pk}-hand"))
