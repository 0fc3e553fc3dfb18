"""Addresses of data, imports and explained numbers."""

from django.urls import path

from metrics import api
from metrics.views import columns, data, entries, explain, hooks, imports, numbers, sources, tokens

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
    path("teams/<slug:slug>/data/imports/<int:pk>/report/", imports.import_report, name="import-report"),
    path("teams/<slug:slug>/data/imports/<int:pk>/row/", imports.import_row, name="import-row"),
    path("teams/<slug:slug>/data/imports/<int:pk>/rejected.csv", imports.rejected_rows, name="rejected-rows"),
    path("teams/<slug:slug>/data/imports/<int:pk>/retries/", imports.retries, name="retries"),
    path("teams/<slug:slug>/data/imports/<int:pk>/reruns/", imports.reruns, name="reruns"),
    path("teams/<slug:slug>/data/imports/<int:pk>/undoings/", imports.undoings, name="undoings"),
    path("teams/<slug:slug>/data/kinds/<int:pk>/decisions/", data.kind_decisions, name="kind-decisions"),
    path("teams/<slug:slug>/numbers/", numbers.page, name="numbers"),
    path("teams/<slug:slug>/numbers/months.csv", numbers.months, name="months-csv"),
    path("teams/<slug:slug>/numbers/cohorts.csv", numbers.cohorts, name="cohorts-csv"),
    path("teams/<slug:slug>/numbers/active-contributors/", explain.active, name="active-contributors"),
    path("teams/<slug:slug>/numbers/active-contributors.csv", explain.active_list, name="active-contributors-csv"),
    path("teams/<slug:slug>/numbers/conversions/", explain.conversions, name="conversions"),
    path("teams/<slug:slug>/numbers/conversions.csv", explain.conversions_list, name="conversions-csv"),
    path("teams/<slug:slug>/numbers/conversion-rate/", explain.rate, name="conversion-rate"),
    path("teams/<slug:slug>/numbers/conversion-rate.csv", explain.rate_list, name="conversion-rate-csv"),
    path("teams/<slug:slug>/numbers/time-to-level/", explain.time, name="time-to-level"),
    path("teams/<slug:slug>/numbers/time-to-level.csv", explain.time_list, name="time-to-level-csv"),
    path("teams/<slug:slug>/numbers/joining/", explain.joining, name="joining"),
    path("teams/<slug:slug>/numbers/joining.csv", explain.joining_list, name="joining-csv"),
    path("teams/<slug:slug>/numbers/retention/", explain.retention, name="retention"),
    path("teams/<slug:slug>/numbers/retention.csv", explain.retention_list, name="retention-csv"),
    path("teams/<slug:slug>/numbers/drifting/", explain.drifting, name="drifting"),
    path("teams/<slug:slug>/numbers/drifting.csv", explain.drifting_list, name="drifting-csv"),
    path("teams/<slug:slug>/numbers/flow/", explain.flow, name="flow"),
    path("teams/<slug:slug>/numbers/flow.csv", explain.flow_list, name="flow-csv"),
    path("teams/<slug:slug>/numbers/<slug:key>/", explain.number, name="number"),
    path("teams/<slug:slug>/numbers/<slug:key>.csv", explain.number_list, name="number-csv"),
]
