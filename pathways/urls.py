"""Addresses of pathways and contributors: nouns; a verb is a noun that is posted to."""

from django.urls import path

from lifecycle.tables import addresses
from pathways.views import connections, contributors, likenesses, listing, pathways, rules, splitting

app_name = "pathways"

PATHWAY = "teams/<slug:slug>/pathways/<slug:pathway>/"
LIKENESSES = "teams/<slug:slug>/contributors/likenesses/"
CONTRIBUTOR = "teams/<slug:slug>/contributors/<int:pk>/"

urlpatterns = [
    path("teams/<slug:slug>/pathways/", pathways.listed, name="pathways"),
    path(PATHWAY, pathways.pathway, name="pathway"),
    path(f"{PATHWAY}details/", pathways.details, name="details"),
    path(f"{PATHWAY}steps/", rules.steps, name="steps"),
    path(f"{PATHWAY}conversion-points/", rules.points, name="points"),
    path(f"{PATHWAY}stewards/", connections.steward_list, name="stewards"),
    path(f"{PATHWAY}stewards/<int:pk>/end/", connections.steward_end, name="steward-end"),
    path(f"{PATHWAY}funnels/", connections.funnel_list, name="funnels"),
    path(f"{PATHWAY}funnels/<int:pk>/end/", connections.funnel_end, name="funnel-end"),
    path(f"{PATHWAY}iterations/", connections.iteration_list, name="iterations"),
    path(f"{PATHWAY}iterations/<int:pk>/measure/", connections.iteration_measure, name="iteration-measure"),
    path(f"{PATHWAY}enrolments/", connections.enrolment_list, name="enrolments"),
    path(f"{PATHWAY}enrolments/<int:pk>/", connections.enrolment, name="enrolment"),
    path("teams/<slug:slug>/contributors/", listing.page, name="contributors"),
    *addresses("teams/<slug:slug>/contributors", listing.export, "contributors"),
    path(LIKENESSES, likenesses.listed, name="likenesses"),
    path(f"{LIKENESSES}reach/", likenesses.reach_page, name="likeness-reach"),
    path(f"{LIKENESSES}decisions/", likenesses.decisions, name="likeness-decisions"),
    path(f"{LIKENESSES}bots/", likenesses.bots, name="likeness-bots"),
    path(f"{LIKENESSES}searches/", likenesses.searches, name="likeness-searches"),
    path(CONTRIBUTOR, contributors.contributor, name="contributor"),
    path(f"{CONTRIBUTOR}record.json", contributors.record, name="record"),
    path(f"{CONTRIBUTOR}bot-flags/", contributors.bot_flags, name="bot-flags"),
    path(f"{CONTRIBUTOR}affiliations/", contributors.affiliations, name="affiliations"),
    path(f"{CONTRIBUTOR}names/", contributors.names, name="names"),
    path(f"{CONTRIBUTOR}likenesses/", contributors.likenesses, name="same-person"),
    path(f"{CONTRIBUTOR}identities/<int:identity>/splits/", splitting.splits, name="splits"),
    path(f"{CONTRIBUTOR}merges/<int:merge>/end/", contributors.merge_end, name="merge-end"),
    path(f"{CONTRIBUTOR}erasures/", contributors.erasures, name="erasures"),
    path(f"{CONTRIBUTOR}roles/", contributors.role_list, name="roles"),
    path(f"{CONTRIBUTOR}roles/<int:role>/confirmation/", contributors.role_confirmation, name="role-confirmation"),
    path(f"{CONTRIBUTOR}roles/<int:role>/end/", contributors.role_end, name="role-end"),
    path(f"{CONTRIBUTOR}roles/<int:role>/mentees/", contributors.mentees, name="mentees"),
    path(f"{CONTRIBUTOR}mentorships/<int:mentorship>/end/", contributors.mentorship_end, name="mentorship-end"),
]
