"""The way into the API for tests: tokens, and what a program sends. Every answer is held against the description."""

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from django.test import Client
from django.urls import reverse

from lifecycle import clock
from metrics import tokens
from metrics.models import Token
from teams.models import Team, User

Headers = dict[str, str] | None


def token_for(maker: User, team: Team, scope: Token.Scope = Token.Scope.WRITE) -> str:
    """The text of a token."""
    last = clock.today() + timedelta(days=30)
    _made, text = tokens.make(team, actor=maker, name="A program", scope=scope, expires_on=last)
    return text


def item(number: int = 1, **other: object) -> dict[str, Any]:
    """One sound item."""
    return {"id": f"c{number}", "occurred_at": "2024-01-10T12:00:00Z", "email": "ann@home.example", **other}


def lines_of(items: Iterable[object]) -> bytes:
    """As JSON lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in items)


@cache
def described() -> dict[str, Any]:
    """The description of the API, as it is served to anybody."""
    found: dict[str, Any] = Client().get(reverse("metrics:api:openapi-json")).json()
    return found


def is_described(answer: Any, method: str, name: str) -> Any:
    """The answer, whose status and media type the description must name."""
    path = reverse(f"metrics:api:{name}", args=[] if name == "teams" else ["SLUG"]).replace("SLUG", "{slug}")
    told = described()["paths"][path][method]["responses"]
    assert str(answer.status_code) in told, f"{method} {path} answered {answer.status_code}, which is not described"
    content = told[str(answer.status_code)].get("content")
    if content:
        assert answer["Content-Type"].partition(";")[0] in content
    return answer


def post(token: str, body: object, *, team: str = "lantern", headers: Headers = None, **query: str) -> Any:
    """The answer to contributions; a body that is bytes is sent as it is."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})}
    kind = given.pop("Content-Type")
    address = reverse("metrics:api:contributions", args=[team])
    answer = Client().post(address, sent, content_type=kind, headers=given, query_params=query)
    return is_described(answer, "post", "contributions")


def get(token: str, name: str, *, team: str = "lantern", headers: Headers = None, **query: Any) -> Any:
    """The answer to a question."""
    args = [] if name == "teams" else [team]
    given = {"Authorization": f"Bearer {token}", **(headers or {})}
    answer = Client().get(reverse(f"metrics:api:{name}", args=args), query, headers=given)
    return is_described(answer, "get", name)
