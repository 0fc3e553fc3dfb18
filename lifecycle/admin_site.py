"""The admin as one place of the product: its tables by what an admin comes for, and what waits for an answer."""

from typing import Any, Final

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lifecycle import desk

#: What an admin comes for, with its tables by their labels, each with a word on what is done there.
GROUPS: Final[tuple[tuple[Promise | str, dict[str, Promise | str]], ...]] = (
    (
        _("Definitions"),
        {
            "lifecycle.stage": _(
                "What each stage asks: its facets, milestones and conditions. What a change of conditions does to the "
                "gates of teams is shown before it is saved."
            ),
            "lifecycle.duty": _("What an activator does in every stage."),
            "teams.adoption": _("The threshold of the contribution jump, by name and date."),
            "pathways.kind": _("Which sorts of contributions count, and which are another name of one that does."),
            "pathways.defaultpoint": _("The conversion points that a new pathway begins with. Others keep their own."),
            "pathways.funnel": _("Where newcomers of the whole organisation find a pathway."),
            "pathways.affiliationrule": _("Which addresses tell that somebody is staff."),
        },
    ),
    (
        _("Teams and people"),
        {
            "teams.team": _("Make a team; pause or retire one. Its stage moves on its own page, by a decision."),
            "teams.user": _("Make, close and open accounts; let somebody in who lost the telephone."),
            "teams.secondfactorrule": _("Whether admins and CBT partners owe a second factor, and by when."),
            "teams.membership": _("Who holds which role, of all teams. The people page of a team does the same."),
        },
    ),
    (
        _("What is going on"),
        {
            "lifecycle.suggestion": _("What readers of the guide propose."),
            "lifecycle.job": _("The console: what runs behind the pages, what died, and why."),
            "metrics.drift": _("Stored numbers that are not what the raw facts give."),
            "admin.logentry": _("Who changed what here, when, and what stood there before."),
        },
    ),
)
#: Tables that Django calls otherwise.
NAMES: Final = {"admin.logentry": _("Audit trail")}


class Site(AdminSite):
    """Log-in, log-out and passwords are those of the product."""

    site_header = "Lifecycle"
    site_title = "Lifecycle"
    index_title = _("Admin")
    empty_value_display = "\N{EN DASH}"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By the product's page: Django's own form knows no rate limit."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def logout(  # type: ignore[override]  # Django draws a page here
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the product's page."""
        return redirect("account_logout")

    def password_change(  # type: ignore[override]  # and here
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the product's page."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """With what waits for an admin on top."""
        return super().index(request, {"waiting": desk.waiting(), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables in our groups; those of one app as Django has them."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        found = {
            label: model | {"name": NAMES.get(label, model["name"])}
            for app in self._build_app_dict(request).values()
            for model in app["models"]
            for label in [model["model"]._meta.label_lower]
        }
        groups = [
            {
                "name": name,
                "models": [found[label] | {"about": about} for label, about in tables.items() if label in found],
            }
            for name, tables in GROUPS
        ]
        return [group for group in groups if group["models"]]
