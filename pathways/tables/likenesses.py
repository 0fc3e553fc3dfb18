"""Who may be one person, a bot or staff, as those see it who decide: to be taken along."""

from django.utils.translation import gettext as _

from lifecycle.tables import Table
from pathways import bot_signs, staff
from pathways import likenesses as pairs
from pathways.models import Likeness
from pathways.wording import REASONS
from teams.models import Role
from teams.tables import TableAsked, of_team, team_table

#: Suggested bots that a file holds.
MOST = 1_000


@team_table("likenesses", Role.ACTIVATOR)
def likenesses(asked: TableAsked) -> Table:
    """Pairs of people who may be one; with `show=rejected`, those that were kept apart."""
    state = Likeness.State.REJECTED if asked.query.get("show") == "rejected" else Likeness.State.OPEN
    heads = [_("One"), _("Other"), _("Id of one"), _("Id of other"), _("Alike"), _("How sure, of a hundred")]
    rows = [
        (
            *(str(pair.one), str(pair.other), pair.one_id, pair.other_id),
            *("; ".join(str(REASONS.get(reason, reason)) for reason in pair.reasons), pair.confidence),
        )
        for pair in pairs.of_team(asked.team).filter(state=state)
    ]
    return of_team(asked.team, "likenesses", heads, rows)


@team_table("bot-signs", Role.ACTIVATOR)
def looks_like_a_bot(asked: TableAsked) -> Table:
    """Who may be a bot, and by which signs."""
    found = bot_signs.suggested(asked.team, most=MOST)
    rows = [(each.contributor.pk, str(each.contributor), ", ".join(each.reasons)) for each in found]
    return of_team(asked.team, "bot-signs", [_("Id"), _("Contributor"), _("Why")], rows)


@team_table("staff-domains", Role.ACTIVATOR)
def domains(asked: TableAsked) -> Table:
    """Domains without a rule that look like the organisation's own."""
    heads = [_("Domain"), _("People"), _("Accounts that work here")]
    rows = [(each.domain, each.people, each.accounts) for each in staff.suggested(asked.team)]
    return of_team(asked.team, "staff-domains", heads, rows)
