"""The addresses of the team pages: nouns; a verb is a noun that is posted to."""

from django.urls import path

from teams.views import (
    case_studies,
    comments,
    dashboard,
    history,
    mails,
    milestones,
    notifications,
    people,
    portfolio,
    promotion,
    risks,
    waivers,
    watching,
)

app_name = "teams"
urlpatterns = [
    path("", portfolio.portfolio, name="portfolio"),
    path("portfolio.csv", portfolio.export, name="portfolio-csv"),
    path("account/", people.account, name="account"),
    path("account/notifications/", mails.settings, name="mail-settings"),
    path("unsubscribe/<str:token>/", mails.unsubscribe, name="unsubscribe"),
    path("account/memberships/<int:pk>/answer/", people.answer, name="membership-answer"),
    path("notifications/", notifications.listing, name="notifications"),
    path("notifications/read/", notifications.all_read, name="notifications-read"),
    path("notifications/<int:pk>/read/", notifications.one_read, name="notification-read"),
    path("teams/<slug:slug>/", dashboard.team, name="team"),
    path("teams/<slug:slug>/watch/", watching.watch, name="watch"),
    path("teams/<slug:slug>/gate/", dashboard.gate, name="gate"),
    path("teams/<slug:slug>/milestones/<int:pk>/events/", milestones.events, name="milestone-events"),
    path("teams/<slug:slug>/milestones/<int:pk>/comments/", comments.on_milestone, name="milestone-comments"),
    path("teams/<slug:slug>/check-ins/<int:pk>/comments/", comments.on_check_in, name="check-in-comments"),
    path("teams/<slug:slug>/comments/<int:pk>/withdrawal/", comments.withdrawal, name="comment-withdrawal"),
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
    path("teams/<slug:slug>/check-ins/", risks.check_ins, name="check-ins"),
    path("teams/<slug:slug>/case-studies/", case_studies.publications, name="case-studies"),
    path("teams/<slug:slug>/case-studies/<int:pk>/withdrawal/", case_studies.withdrawal, name="case-study-withdrawal"),
    path("teams/<slug:slug>/history/", history.history, name="history"),
    path("teams/<slug:slug>/history/<int:seq>/", history.decision, name="decision"),
    path("teams/<slug:slug>/people/", people.members, name="people"),
    path("teams/<slug:slug>/people/<int:pk>/end/", people.end, name="membership-end"),
]
