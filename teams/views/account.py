"""The reader's own roles and teams."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def account(request: HttpRequest) -> HttpResponse:
    """What the reader is to which team."""
    return render(request, "teams/account.html")
