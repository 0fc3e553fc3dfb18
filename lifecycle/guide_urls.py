"""Addresses of the guide, below `/lifecycle/`."""

from django.urls import path

from lifecycle import handbook
from lifecycle.tables import addresses

app_name = "guide"
urlpatterns = [
    path("", handbook.guide, name="guide"),
    path("words/", handbook.words, name="words"),
    *addresses("tables/<slug:name>", handbook.table, "table"),
    path("stages/<slug:slug>/", handbook.stage, name="stage"),
    path("stages/<slug:slug>/earlier/", handbook.earlier, name="earlier"),
    path("facets/<slug:facet>/", handbook.facet, name="facet"),
    path("stages/<slug:slug>/facets/<slug:facet>/suggestions/", handbook.suggest, name="suggestions"),
]
