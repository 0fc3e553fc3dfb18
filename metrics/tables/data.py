"""Sources, what waits for a decision, deliveries, tokens and secrets: to be taken along."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from lifecycle.tables import Table
from metrics import reports, waiting
from metrics.models import HookSecret, Source
from metrics.tokens import listed
from teams.models import Role
from teams.tables import TableAsked, of_team, team_table

#: Deliveries that a file holds: more are a matter for the database.
DELIVERIES = 1_000


@team_table("sources")
def sources(asked: TableAsked) -> Table:
    """The sources with their freshness."""
    heads = [_("Source"), _("Type"), _("Pathway"), _("Kind"), _("Complete to"), _("Last complete import")]
    heads += [_("Freshness"), _("Enabled")]
    rows = [
        (
            *(row.source.name, row.source.get_type_display(), str(row.source.pathway), str(row.source.default_kind)),
            *(row.source.complete_to, row.last_import and row.last_import.date()),
            *(row.words, _("yes") if row.source.enabled else _("no")),
        )
        for row in reports.sources_of(asked.team)
    ]
    return of_team(asked.team, "sources", heads, rows)


@team_table("quarantine")
def quarantine(asked: TableAsked) -> Table:
    """What is kept and not counted because of its day, by source and reason."""
    heads = [_("Source"), _("Why"), _("Contributions"), _("First day"), _("Last day"), _("Decided")]
    rows = [
        (row.name, row.reason, row.count, row.first, row.last, _("never") if row.decided else "")
        for row in waiting.quarantine_of(asked.team)
    ]
    return of_team(asked.team, "quarantine", heads, rows)


@team_table("unknown-kinds")
def unknown_kinds(asked: TableAsked) -> Table:
    """Kinds that nobody has decided about."""
    heads = [_("Kind"), _("Contributions"), _("First day"), _("Last day")]
    rows = [(row.name, row.count, row.first, row.last) for row in waiting.unknown_kinds_of(asked.team)]
    return of_team(asked.team, "unknown-kinds", heads, rows)


@team_table("deliveries")
def deliveries(asked: TableAsked) -> Table:
    """What a stream, named by `source` in the address, has brought: the latest first."""
    source = get_object_or_404(Source, team=asked.team, pk=asked.number("source"))
    heads = [_("Received"), _("Event"), _("Contributions"), _("What became of it")]
    rows = [
        (each.received_at.isoformat(), each.event, each.contributions, each.became)
        for each in source.deliveries.defer("body")[:DELIVERIES]
    ]
    return of_team(asked.team, f"source-{source.pk}-deliveries", heads, rows)


@team_table("tokens", Role.ACTIVATOR)
def tokens(asked: TableAsked) -> Table:
    """The tokens of the API, for those who make them."""
    heads = [_("Name"), _("May"), _("Last day"), _("Made by"), _("Made"), _("Last used"), _("State")]
    rows = [
        (
            *(each.name, each.get_scope_display(), each.expires_on, str(each.made_by), each.made_at.date()),
            *(each.used_on, str(standing.label)),
        )
        for each, standing in listed(asked.team)
    ]
    return of_team(asked.team, "tokens", heads, rows)


@team_table("secrets", Role.ACTIVATOR)
def secrets(asked: TableAsked) -> Table:
    """The secrets of a webhook, whose source is named by `source` in the address; never what they are."""
    source = get_object_or_404(Source, team=asked.team, pk=asked.number("source"))
    told = HookSecret.objects.filter(hook__source=source).select_related("made_by")
    rows = [(each.made_at.isoformat(), str(each.made_by)) for each in told]
    return of_team(asked.team, f"source-{source.pk}-secrets", [_("Made"), _("By")], rows)
