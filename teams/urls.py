"""The addresses of the team pages: nouns; a verb is a noun that is posted to."""

from django.urls import path

from teams.views import account, dashboard, portfolio

app_name = "teams"
urlpatterns = [
    path("", portfolio.portfolio, name="portfolio"),
    path("account/", account.account, name="account"),
    path("teams/<slug:slug>/", dashboard.team, name="team"),
]
