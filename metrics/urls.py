"""Addresses of data, imports and explained numbers."""

from django.urls import path

from metrics.views import data

app_name = "metrics"
urlpatterns = [
    path("teams/<slug:slug>/data/", data.data, name="data"),
    path("teams/<slug:slug>/data/sources/", data.sources, name="sources"),
    path("teams/<slug:slug>/data/imports/", data.uploads, name="uploads"),
    path("teams/<slug:slug>/data/imports/<int:pk>/", data.one_import, name="import"),
    path("teams/<slug:slug>/data/imports/<int:pk>/report/", data.import_report, name="import-report"),
    path("teams/<slug:slug>/data/imports/<int:pk>/row/", data.import_row, name="import-row"),
    path("teams/<slug:slug>/data/imports/<int:pk>/rejected.csv", data.rejected_rows, name="rejected-rows"),
    path("teams/<slug:slug>/data/imports/<int:pk>/retries/", data.retries, name="retries"),
    path("teams/<slug:slug>/data/kinds/<int:pk>/decisions/", data.kind_decisions, name="kind-decisions"),
]
