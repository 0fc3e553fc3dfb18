"""The addresses of the team pages: nouns; a verb is a noun that is posted to."""

from django.urls import path

from lifecycle.tables import addresses
from teams.views import (
    badges,
    case_studies,
    dashboard,
    history,
    insights,
    milestones,
    people,
    portfolio,
    promotion,
    risks,
    signals,
    tables,
    waivers,
)

app_name = "teams"
urlpatterns = [
    path("", portfolio.portfolio, name="portfolio"),
    path("portfolio.csv", portfolio.export, name="portfolio-csv"),
    path("insights/", insights.insights, name="insights"),
    path("insights/side-by-side/", insights.side_by_side, name="side-by-side"),
    path("insights/side-by-side.csv", insights.side_by_side_table, name="side-by-side-csv"),
    path("insights/<slug:name>.csv", insights.table, name="insights-csv"),
    *addresses("portfolio", portfolio.export, "portfolio"),
    path("account/", people.account, name="account"),
    path("account/memberships/<int:pk>/answer/", people.answer, name="membership-answer"),
    path("teams/<slug:slug>/", dashboard.team, name="team"),
    path("teams/<slug:slug>/gate/", dashboard.gate, name="gate"),
    path("teams/<slug:slug>/milestones/<int:pk>/events/", milestones.events, name="milestone-events"),
    path("teams/<slug:slug>/promotion-requests/", promotion.requests, name="promotion-requests"),
    path("teams/<slug:slug>/promotion-requests/<int:pk>/decision/", promotion.decision, name="promotion-decision"),
    path(
        "teams/<slug:slug>/promotion-requests/<int:pk>/withdrawal/", promotion.withdrawal, name="promotion-withdrawal"
    ),
    path("teams/<slug:slug>/step-backs/", promotion.step_backs, name="step-backs"),
    path("teams/<slug:slug>/waivers/", waivers.asked, name="waivers"),
    path("teams/<slug:slug>/waivers/<int:pk>/decision/", waivers.decision, name="waiver-decision"),
    path("teams/<slug:slug>/confirmations/", waivers.confirmations, name="confirmations"),
    path("teams/<slug:slug>/risks/", risks.register, name="risks"),
    path("teams/<slug:slug>/risks/<int:pk>/", risks.risk, name="risk"),
    path("teams/<slug:slug>/signals/<int:pk>/", signals.signal, name="signal"),
    path("teams/<slug:slug>/signals/<int:pk>/dismissal/", signals.dismissal, name="signal-dismissal"),
    path("teams/<slug:slug>/check-ins/", risks.check_ins, name="check-ins"),
    path("teams/<slug:slug>/badge.svg", badges.badge, name="badge"),
    path("teams/<slug:slug>/badge/", badges.switch, name="badge-switch"),
    path("teams/<slug:slug>/case-study/", case_studies.case_study, name="case-study"),
    path("teams/<slug:slug>/case-study/text/", case_studies.text, name="case-study-text"),
    path("teams/<slug:slug>/case-study/publications/", case_studies.publications, name="case-study-publications"),
    path("teams/<slug:slug>/case-study/links/", case_studies.links, name="case-study-links"),
    path("teams/<slug:slug>/case-study/links/<int:pk>/end/", case_studies.link_end, name="case-study-link-end"),
    path("teams/<slug:slug>/case-studies/", case_studies.records, name="case-studies"),
    path("teams/<slug:slug>/case-studies/<int:pk>/withdrawal/", case_studies.withdrawal, name="case-study-withdrawal"),
    path("shared/<str:key>/", case_studies.shared, name="shared-case-study"),
    *addresses("teams/<slug:slug>/tables/<slug:name>", tables.table, "table"),
    path("teams/<slug:slug>/history/", history.history, name="history"),
    path("teams/<slug:slug>/history/<int:seq>/", history.decision, name="decision"),
    path("teams/<slug:slug>/people/", people.members, name="people"),
    path("teams/<slug:slug>/people/<int:pk>/end/", people.end, name="membership-end"),
]
