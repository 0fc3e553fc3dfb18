"""Addresses of pathways and contributors: nouns; a verb is a noun that is posted to."""

from django.urls import include, path

from pathways.views import connections, contributors, pathways, rules

app_name = "pathways"

of_a_pathway = [
    path("", pathways.pathway, name="pathway"),
    path("details/", pathways.details, name="details"),
    path("steps/", rules.steps, name="steps"),
    path("conversion-points/", rules.points, name="points"),
    path("stewards/", connections.steward_list, name="stewards"),
    path("stewards/<int:pk>/end/", connections.steward_end, name="steward-end"),
    path("funnels/", connections.funnel_list, name="funnels"),
    path("funnels/<int:pk>/end/", connections.funnel_end, name="funnel-end"),
    path("iterations/", connections.iteration_list, name="iterations"),
    path("iterations/<int:pk>/measure/", connections.iteration_measure, name="iteration-measure"),
    path("enrolments/", connections.enrolment_list, name="enrolments"),
    path("enrolments/<int:pk>/", connections.enrolment, name="enrolment"),
]
of_a_contributor = [
    path("", contributors.contributor, name="contributor"),
    path("bot-flags/", contributors.bot_flags, name="bot-flags"),
    path("affiliations/", contributors.affiliations, name="affiliations"),
    path("names/", contributors.names, name="names"),
    path("roles/", contributors.role_list, name="roles"),
    path("roles/<int:role>/confirmation/", contributors.role_confirmation, name="role-confirmation"),
    path("roles/<int:role>/end/", contributors.role_end, name="role-end"),
]
urlpatterns = [
    path("teams/<slug:slug>/pathways/", pathways.listed, name="pathways"),
    path("teams/<slug:slug>/pathways/<slug:pathway>/", include(of_a_pathway)),
    path("teams/<slug:slug>/contributors/", contributors.listed, name="contributors"),
    path("teams/<slug:slug>/contributors/<int:pk>/", include(of_a_contributor)),
]
