"""Addresses of data, imports and explained numbers."""

from django.urls import path

from lifecycle.tables import addresses
from metrics import api
from metrics.views import columns, data, entries, explain, hooks, imports, numbers, shortlists, sources, tokens

app_name = "metrics"
urlpatterns = [
    path("api/v1/", api.urls()),
    path("hooks/github/<uuid:address>/", hooks.github, name="hook"),
    path("teams/<slug:slug>/data/", data.data, name="data"),
    path("teams/<slug:slug>/data/sources/", data.sources, name="sources"),
    path("teams/<slug:slug>/data/sources/<int:pk>/", sources.source, name="source"),
    path("teams/<slug:slug>/data/sources/<int:pk>/switch/", sources.switches, name="source-switch"),
    path("teams/<slug:slug>/data/sources/<int:pk>/secrets/", sources.secrets, name="source-secrets"),
    path(
        "teams/<slug:slug>/data/sources/<int:pk>/secrets/<int:secret>/end/",
        sources.secret_end,
        name="source-secret-end",
    ),
    path("teams/<slug:slug>/data/sources/<int:pk>/decisions/", sources.releases, name="source-decisions"),
    path("teams/<slug:slug>/data/sources/<int:pk>/entries/", entries.entries, name="entries"),
    path("teams/<slug:slug>/data/tokens/", tokens.tokens, name="tokens"),
    path("teams/<slug:slug>/data/tokens/<int:pk>/end/", tokens.token_end, name="token-end"),
    path("teams/<slug:slug>/data/imports/", data.uploads, name="uploads"),
    path("teams/<slug:slug>/data/imports/<int:pk>/", imports.one_import, name="import"),
    path("teams/<slug:slug>/data/imports/<int:pk>/columns/", columns.told, name="columns"),
    path("teams/<slug:slug>/data/imports/<int:pk>/effect/", imports.effect, name="effect"),
    path("teams/<slug:slug>/data/imports/<int:pk>/report/", imports.import_report, name="import-report"),
    path("teams/<slug:slug>/data/imports/<int:pk>/row/", imports.import_row, name="import-row"),
    path("teams/<slug:slug>/data/imports/<int:pk>/rejected.csv", imports.rejected_rows, name="rejected-rows"),
    path("teams/<slug:slug>/data/imports/<int:pk>/rejected-lines/", imports.rejected_lines, name="rejected-lines"),
    path("teams/<slug:slug>/data/imports/<int:pk>/retries/", imports.retries, name="retries"),
    path("teams/<slug:slug>/data/imports/<int:pk>/reruns/", imports.reruns, name="reruns"),
    path("teams/<slug:slug>/data/imports/<int:pk>/undoings/", imports.undoings, name="undoings"),
    path("teams/<slug:slug>/data/kinds/<int:pk>/decisions/", data.kind_decisions, name="kind-decisions"),
    path("teams/<slug:slug>/contributors/near-the-next-level/", shortlists.near_level, name="near"),
    path("teams/<slug:slug>/contributors/drifting/", shortlists.drifting_people, name="drifting-people"),
    path("teams/<slug:slug>/contributors/newcomers/", shortlists.arrived, name="newcomers"),
    path("teams/<slug:slug>/contributors/<int:pk>/answers/", shortlists.answers, name="answers"),
    path("teams/<slug:slug>/numbers/", numbers.page, name="numbers"),
    *addresses("teams/<slug:slug>/numbers/months", numbers.months, "months"),
    *addresses("teams/<slug:slug>/numbers/cohorts", numbers.cohorts, "cohorts"),
    path("teams/<slug:slug>/numbers/active-contributors/", explain.active, name="active-contributors"),
    *addresses("teams/<slug:slug>/numbers/active-contributors", explain.active_list, "active-contributors"),
    path("teams/<slug:slug>/numbers/conversions/", explain.conversions, name="conversions"),
    *addresses("teams/<slug:slug>/numbers/conversions", explain.conversions_list, "conversions"),
    path("teams/<slug:slug>/numbers/conversion-rate/", explain.rate, name="conversion-rate"),
    *addresses("teams/<slug:slug>/numbers/conversion-rate", explain.rate_list, "conversion-rate"),
    path("teams/<slug:slug>/numbers/time-to-level/", explain.time, name="time-to-level"),
    *addresses("teams/<slug:slug>/numbers/time-to-level", explain.time_list, "time-to-level"),
    path("teams/<slug:slug>/numbers/joining/", explain.joining, name="joining"),
    *addresses("teams/<slug:slug>/numbers/joining", explain.joining_list, "joining"),
    path("teams/<slug:slug>/numbers/retention/", explain.retention, name="retention"),
    *addresses("teams/<slug:slug>/numbers/retention", explain.retention_list, "retention"),
    path("teams/<slug:slug>/numbers/drifting/", explain.drifting, name="drifting"),
    *addresses("teams/<slug:slug>/numbers/drifting", explain.drifting_list, "drifting"),
    path("teams/<slug:slug>/numbers/flow/", explain.flow, name="flow"),
    *addresses("teams/<slug:slug>/numbers/flow", explain.flow_list, "flow"),
    path("teams/<slug:slug>/numbers/<slug:key>/", explain.number, name="number"),
    *addresses("teams/<slug:slug>/numbers/<slug:key>", explain.number_list, "number"),
]
