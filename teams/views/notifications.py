"""What the reader was told, and what of it they have read."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from teams import notifications
from teams.views.page import SeeOther, reader
from teams.views.unread import number_of

PAGE = 50


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Everything, newest first."""
    told = notifications.of(reader(request)).select_related("team", "actor")
    page = Paginator(told, PAGE).get_page(request.GET.get("page"))
    newest = max((each.pk for each in page), default=0)
    return render(request, "teams/notifications.html", {"page": page, "newest": newest, "waiting": number_of(request)})


@require_POST
def one_read(request: HttpRequest, pk: int) -> HttpResponse:
    """One is read: on to where it leads, or back to the list."""
    told = get_object_or_404(notifications.of(reader(request)).select_related("team"), pk=pk)
    notifications.read(reader(request), pk=told.pk)
    return SeeOther(told.address if "open" in request.POST else reverse("teams:notifications"))


@require_POST
def all_read(request: HttpRequest) -> HttpResponse:
    """Everything is read, up to the newest that the page showed."""
    until = request.POST.get("until", "")
    if until.isdecimal():
        notifications.read(reader(request), until=min(int(until), 2**31 - 1))
    return SeeOther(reverse("teams:notifications"))
