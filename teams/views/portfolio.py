"""The partner's landing page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def portfolio(request: HttpRequest) -> HttpResponse:
    """All teams the reader may see, by stage."""
    return render(request, "teams/portfolio.html")
