"""What is said of one person, named by `contributor` in the address: to be taken along."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from lifecycle.tables import Table
from pathways import presence
from pathways.people import Person, person_of
from teams.models import Role
from teams.tables import TableAsked, of_team, team_table


def _person(asked: TableAsked) -> Person:
    """Raises Http404 for a stranger as for nobody."""
    return person_of(presence.one_of(asked.team, asked.number("contributor")), asked.team)


def _of(asked: TableAsked, told: Person, name: str, heads: list[str], rows: Iterable[Sequence[object]]) -> Table:
    return of_team(asked.team, f"person-{told.contributor.pk}-{name}", heads, rows)


@team_table("roles")
def roles(asked: TableAsked) -> Table:
    """A person's roles in the community, the latest first."""
    told = _person(asked)
    heads = [_("Role"), _("From"), _("Until"), _("Confirmed by"), _("Mentees")]
    rows = [
        (
            *(str(role), role.from_on, role.until_on, str(role.confirmed_by or "")),
            ", ".join(str(each.mentee) for each in role.mentorships.all() if not each.until_on),
        )
        for role in told.roles
    ]
    return _of(asked, told, "roles", heads, rows)


@team_table("affiliations")
def affiliations(asked: TableAsked) -> Table:
    """What people said about whom a person works for, the latest first."""
    told = _person(asked)
    rows = [(str(each), each.from_on, each.until_on) for each in told.affiliations]
    return _of(asked, told, "affiliations", [_("Affiliation"), _("From"), _("Until")], rows)


@team_table("names")
def names(asked: TableAsked) -> Table:
    """The names under which a person came in."""
    told = _person(asked)
    rows = [(each.name, each.sources, each.since.date()) for each in told.names]
    return _of(asked, told, "names", [_("Name"), _("Sources"), _("First seen")], rows)


@team_table("identities", Role.ACTIVATOR)
def identities(asked: TableAsked) -> Table:
    """The same with addresses and accounts, for those who correct them."""
    told = _person(asked)
    heads = [_("Name"), _("E-mail"), _("Account"), _("Sources"), _("First seen")]
    rows = [(each.name, each.email, each.username, each.sources, each.since.date()) for each in told.names]
    return _of(asked, told, "identities", heads, rows)
