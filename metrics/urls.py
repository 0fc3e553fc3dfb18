"""Addresses of data, imports and explained numbers."""

from django.urls import path

from metrics.views import data, explain

app_name = "metrics"
urlpatterns = [
    path("teams/<slug:slug>/data/", data.data, name="data"),
    path("teams/<slug:slug>/data/sources/", data.sources, name="sources"),
    path("teams/<slug:slug>/data/sources/<int:pk>/switch/", data.switches, name="source-switch"),
    path("teams/<slug:slug>/data/imports/", data.uploads, name="uploads"),
    path("teams/<slug:slug>/data/imports/<int:pk>/", data.one_import, name="import"),
    path("teams/<slug:slug>/data/imports/<int:pk>/report/", data.import_report, name="import-report"),
    path("teams/<slug:slug>/data/imports/<int:pk>/row/", data.import_row, name="import-row"),
    path("teams/<slug:slug>/data/imports/<int:pk>/rejected.csv", data.rejected_rows, name="rejected-rows"),
    path("teams/<slug:slug>/data/imports/<int:pk>/retries/", data.retries, name="retries"),
    path("teams/<slug:slug>/data/kinds/<int:pk>/decisions/", data.kind_decisions, name="kind-decisions"),
    path("teams/<slug:slug>/numbers/active-contributors/", explain.active, name="active-contributors"),
    path("teams/<slug:slug>/numbers/active-contributors.csv", explain.active_list, name="active-contributors-csv"),
    path("teams/<slug:slug>/numbers/conversions/", explain.conversions, name="conversions"),
    path("teams/<slug:slug>/numbers/conversions.csv", explain.conversions_list, name="conversions-csv"),
    path("teams/<slug:slug>/numbers/<slug:key>/", explain.number, name="number"),
    path("teams/<slug:slug>/numbers/<slug:key>.csv", explain.number_list, name="number-csv"),
]
