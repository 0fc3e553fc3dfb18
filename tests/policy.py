"""Who may do what at which address: the one table that tests/test_permissions.py holds every view against.

A route that is not here fails the suite. `parts` fills in the address from the rows of a `World`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from lifecycle.tables import FORMS
from tests.world import World

PUBLIC = frozenset({"anonymous", "outsider", "viewer", "activator", "partner", "admin"})
LOGGED_IN = PUBLIC - {"anonymous"}
READERS = LOGGED_IN - {"outsider"}
WORKERS = frozenset({"activator", "admin"})
GUIDES = frozenset({"partner", "admin"})
BOTH = WORKERS | GUIDES
ADMINS = frozenset({"admin"})
#: Who comes to the API with a token of the team that reads, or that writes as well.
BEARERS = frozenset({"reading", "writing"})

Parts = Callable[[World], dict[str, object]]


@dataclass(frozen=True)
class Rule:
    """Who may GET and who may POST (nobody: the method is not there), and how the address is filled in."""

    get: frozenset[str] | None = None
    post: frozenset[str] | None = None
    parts: Parts = field(default=lambda world: {})
    of_team: bool = False
    bearer: bool = False  # the API: sessions open nothing, and `get` and `post` name tokens


def api(get: frozenset[str] | None = None, post: frozenset[str] | None = None, *, of_team: bool = True) -> Rule:
    """A route of the API."""
    return Rule(get, post, lambda world: {"slug": world.team.slug} if of_team else {}, of_team=of_team, bearer=True)


def team(get: frozenset[str] | None = None, post: frozenset[str] | None = None, **rows: str) -> Rule:
    """A route below /teams/<slug>/; `rows` names, for each part, the row of the world whose key fills it in."""

    def parts(world: World) -> dict[str, object]:
        return {"slug": world.team.slug, **{part: world.part(row) for part, row in rows.items()}}

    return Rule(get, post, parts, of_team=True)


def files(name: str, rule: Rule) -> dict[str, Rule]:
    """A table in each of its forms."""
    return {f"{name}-{form}": rule for form in FORMS}


POLICY = {
    # the shell
    "livez": Rule(PUBLIC),
    "readyz": Rule(PUBLIC),
    # the guide
    "guide:guide": Rule(LOGGED_IN),
    "guide:words": Rule(LOGGED_IN),
    **files("guide:table", Rule(LOGGED_IN, parts=lambda world: {"name": "definition"})),
    "guide:stage": Rule(LOGGED_IN, parts=lambda world: {"slug": world.team.stage.slug}),
    "guide:earlier": Rule(LOGGED_IN, parts=lambda world: {"slug": world.team.stage.slug}),
    "guide:facet": Rule(LOGGED_IN, parts=lambda world: {"facet": "milestones"}),
    "guide:suggestions": Rule(
        post=LOGGED_IN, parts=lambda world: {"slug": world.team.stage.slug, "facet": "milestones"}
    ),
    # teams
    "teams:portfolio": Rule(LOGGED_IN),
    "teams:find": Rule(LOGGED_IN),
    "teams:insights": Rule(LOGGED_IN),
    "teams:side-by-side": Rule(LOGGED_IN),
    **files("teams:side-by-side", Rule(LOGGED_IN)),
    **files("teams:side-by-side-levels", Rule(LOGGED_IN)),
    **files("teams:insights", Rule(LOGGED_IN, parts=lambda world: {"name": "stays"})),
    "teams:insights-number": Rule(LOGGED_IN, parts=lambda world: {"key": "contribution-jump"}),
    **files("teams:insights-number", Rule(LOGGED_IN, parts=lambda world: {"key": "contribution-jump"})),
    "teams:portfolio-number": Rule(LOGGED_IN, parts=lambda world: {"key": "active"}),
    **files("teams:portfolio-number", Rule(LOGGED_IN, parts=lambda world: {"key": "active"})),
    **files("teams:portfolio", Rule(LOGGED_IN)),
    "teams:account": Rule(LOGGED_IN),
    **files("teams:account-roles", Rule(LOGGED_IN)),
    "teams:membership-answer": Rule(post=frozenset(), parts=lambda world: {"pk": world.part("invitation")}),
    "teams:invitation-answer": Rule(post=frozenset(), parts=lambda world: {"pk": world.part("invited")}),
    "teams:names": Rule(post=LOGGED_IN),
    "teams:addresses": Rule(post=LOGGED_IN),
    "teams:address-change": Rule(frozenset(), frozenset(), lambda world: {"key": world.rows["address_key"]}),
    "teams:absences": Rule(post=LOGGED_IN),
    "teams:absence-end": Rule(post=frozenset(), parts=lambda world: {"pk": world.part("absence")}),
    "teams:invitation": Rule(PUBLIC, PUBLIC, lambda world: {"key": world.rows["invitation_key"]}),  # the key decides
    "teams:introduction-end": Rule(post=LOGGED_IN, parts=lambda world: {"role": "activator"}),
    "teams:notifications": Rule(LOGGED_IN),
    "teams:notifications-read": Rule(post=LOGGED_IN),
    "teams:notification-read": Rule(post=frozenset(), parts=lambda world: {"pk": world.part("notification")}),
    "teams:mail-settings": Rule(LOGGED_IN, LOGGED_IN),
    "teams:unsubscribe": Rule(PUBLIC, PUBLIC, lambda world: {"token": world.rows["unsubscribe"]}),
    "teams:team": team(READERS),
    "teams:watch": team(post=READERS),
    "teams:gate": team(READERS),
    **files("teams:table", team(READERS, name="table")),  # each one: tests/teams/test_tables.py
    "teams:history": team(READERS),
    "teams:decision": team(READERS, seq="decision"),
    "teams:milestone-comments": team(post=READERS, pk="milestone"),
    "teams:check-in-comments": team(post=READERS, pk="check_in"),
    "teams:comment-withdrawal": team(post=frozenset(), pk="comment"),  # its author alone
    "teams:milestone-events": team(post=BOTH, pk="milestone"),
    "teams:promotion-requests": team(post=WORKERS),
    "teams:promotion-decision": team(post=GUIDES, pk="request"),
    "teams:promotion-withdrawal": team(post=WORKERS, pk="request"),
    "teams:step-backs": team(post=GUIDES),
    "teams:waivers": team(post=WORKERS),
    "teams:waiver-decision": team(post=BOTH, pk="waiver"),  # an activator may withdraw what it asked for
    "teams:confirmations": team(post=GUIDES),
    "teams:risks": team(READERS, BOTH),
    "teams:risk": team(READERS, BOTH, pk="risk"),
    "teams:signal": team(READERS, BOTH, pk="signal"),
    "teams:signal-dismissal": team(post=BOTH, pk="signal"),
    "teams:check-ins": team(post=BOTH),
    "teams:badge": team(PUBLIC),  # once the team has made it public: tests/teams/test_badges.py
    "teams:badge-switch": team(post=BOTH),
    "teams:case-study": team(READERS),
    "teams:case-study-text": team(BOTH, BOTH),
    "teams:case-study-publications": team(post=BOTH),
    "teams:case-study-links": team(post=BOTH),
    "teams:case-study-link-end": team(post=BOTH, pk="link"),
    "teams:shared-case-study": Rule(PUBLIC, parts=lambda world: {"key": world.rows["link"].key}),
    **files("teams:shared-table", Rule(PUBLIC, parts=lambda world: {"key": world.rows["link"].key, "name": "stays"})),
    "teams:case-studies": team(post=BOTH),
    "teams:case-study-withdrawal": team(post=BOTH, pk="case_study"),
    "teams:people": team(READERS, BOTH),
    "teams:membership-end": team(post=BOTH, pk="membership"),
    "teams:hand-over": team(BOTH, BOTH, pk="membership"),
    "teams:invitation-mailing": team(post=BOTH, pk="invited"),
    "teams:invitation-revocation": team(post=BOTH, pk="invited"),
    # pathways and the people who walk them
    "pathways:pathways": team(READERS, WORKERS),
    "pathways:pathway": team(READERS, pathway="pathway"),
    "pathways:details": team(WORKERS, WORKERS, pathway="pathway"),
    "pathways:steps": team(WORKERS, WORKERS, pathway="pathway"),
    "pathways:points": team(WORKERS, WORKERS, pathway="pathway"),
    "pathways:stewards": team(post=WORKERS, pathway="pathway"),
    "pathways:steward-end": team(post=WORKERS, pathway="pathway", pk="steward"),
    "pathways:funnels": team(post=WORKERS, pathway="pathway"),
    "pathways:funnel-end": team(post=WORKERS, pathway="pathway", pk="funnel_link"),
    "pathways:iterations": team(post=WORKERS, pathway="pathway"),
    "pathways:iteration-measure": team(post=WORKERS, pathway="pathway", pk="iteration"),
    "pathways:enrolments": team(post=WORKERS, pathway="pathway"),
    "pathways:enrolment": team(WORKERS, WORKERS, pathway="pathway", pk="enrolment"),
    "pathways:contributors": team(READERS),
    **files("pathways:contributors", team(READERS)),
    "pathways:likenesses": team(WORKERS),
    "pathways:likeness-reach": team(WORKERS),
    "pathways:likeness-decisions": team(post=WORKERS),
    "pathways:likeness-bots": team(post=WORKERS),
    "pathways:likeness-searches": team(post=WORKERS),
    "pathways:same-person": team(post=WORKERS, pk="contributor"),
    "pathways:splits": team(WORKERS, WORKERS, pk="contributor", identity="identity"),
    "pathways:merge-end": team(post=WORKERS, pk="contributor", merge="merge"),
    "pathways:contributor": team(READERS, pk="contributor"),
    "pathways:record": team(WORKERS, pk="contributor"),
    "pathways:bot-flags": team(post=WORKERS, pk="contributor"),
    "pathways:affiliations": team(post=WORKERS, pk="contributor"),
    "pathways:names": team(post=WORKERS, pk="contributor"),
    "pathways:erasures": team(post=WORKERS, pk="contributor"),
    "pathways:roles": team(post=WORKERS, pk="contributor"),
    "pathways:role-confirmation": team(post=BOTH, pk="contributor", role="role"),
    "pathways:role-end": team(post=WORKERS, pk="contributor", role="role"),
    "pathways:mentees": team(post=WORKERS, pk="contributor", role="role"),
    "pathways:mentorship-end": team(post=WORKERS, pk="contributor", mentorship="mentorship"),
    "metrics:near": team(READERS),
    "metrics:drifting-people": team(READERS),
    "metrics:newcomers": team(READERS),
    "metrics:answers": team(post=WORKERS, pk="contributor"),
    # data and numbers
    "metrics:data": team(READERS),
    "metrics:sources": team(post=WORKERS),
    "metrics:source-switch": team(post=WORKERS, pk="source"),
    "metrics:uploads": team(post=WORKERS),
    "metrics:import": team(READERS, pk="import"),
    "metrics:import-report": team(READERS, pk="import"),
    "metrics:import-figure": team(READERS, pk="import", key="figure"),
    **files("metrics:import-figure", team(READERS, pk="import", key="figure")),
    "metrics:import-row": team(READERS, pk="import"),
    "metrics:rejected-rows": team(WORKERS, pk="import"),
    "metrics:columns": team(WORKERS, WORKERS, pk="import"),
    "metrics:rejected-lines": team(WORKERS, pk="import"),
    "metrics:effect": team(READERS, pk="import"),
    "metrics:retries": team(post=WORKERS, pk="import"),
    "metrics:reruns": team(post=WORKERS, pk="import"),
    "metrics:undoings": team(post=WORKERS, pk="import"),
    "metrics:source": team(READERS, WORKERS, pk="source"),
    "metrics:source-secrets": team(post=WORKERS, pk="source"),
    "metrics:source-secret-end": team(post=WORKERS, pk="hook_source", secret="secret"),
    "metrics:source-decisions": team(post=WORKERS, pk="source"),
    "metrics:tokens": team(WORKERS, WORKERS),
    "metrics:token-end": team(post=WORKERS, pk="token"),
    "metrics:entries": team(post=WORKERS, pk="stream"),
    "metrics:hook": Rule(post=PUBLIC, parts=lambda world: {"address": world.rows["hook"]}),  # the signature decides
    "metrics:api:api-root": Rule(PUBLIC),
    "metrics:api:openapi-json": Rule(PUBLIC),
    "metrics:api:teams": api(BEARERS, of_team=False),
    "metrics:api:team": api(BEARERS),
    "metrics:api:gate": api(BEARERS),
    "metrics:api:counts": api(BEARERS),
    "metrics:api:contributors": api(BEARERS),
    "metrics:api:sources": api(BEARERS),
    "metrics:api:contributions": api(post=frozenset({"writing"})),
    "metrics:kind-decisions": team(post=ADMINS, pk="unknown_kind"),
    "metrics:active-contributors": team(READERS),
    **files("metrics:active-contributors", team(READERS)),
    "metrics:conversions": team(READERS),
    **files("metrics:conversions", team(READERS)),
    "metrics:numbers": team(READERS),
    **files("metrics:months", team(READERS)),
    **files("metrics:cohorts", team(READERS)),
    "metrics:conversion-rate": team(READERS),
    **files("metrics:conversion-rate", team(READERS)),
    "metrics:time-to-level": team(READERS),
    **files("metrics:time-to-level", team(READERS)),
    "metrics:joining": team(READERS),
    **files("metrics:joining", team(READERS)),
    "metrics:retention": team(READERS),
    **files("metrics:retention", team(READERS)),
    "metrics:drifting": team(READERS),
    **files("metrics:drifting", team(READERS)),
    "metrics:flow": team(READERS),
    **files("metrics:flow", team(READERS)),
    "metrics:prospects": team(READERS),
    **files("metrics:prospects", team(READERS)),
    "metrics:share-of-work": team(READERS),
    **files("metrics:share-of-work", team(READERS)),
    "metrics:steps": team(READERS),
    **files("metrics:steps", team(READERS)),
    "metrics:number": team(READERS, key="measure"),
    **files("metrics:number", team(READERS, key="measure")),
}

#: Routes of packages: the log-in pages, which have rules of their own, and Django admin, which is for admins.
LOGIN_PAGES = ("account_", "mfa_")
ADMIN_PAGES = "admin:"
