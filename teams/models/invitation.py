"""Invitations: a role that waits for somebody, who may not have an account yet."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from teams.models.team import Membership, Role, Team


class Invitation(models.Model):
    """A role on a team, offered to whoever reads an e-mail address, until a moment.

    With `replaces` it is a hand-over: once it is accepted, the membership that it replaces ends. The key of the link
    is made of the nonce and the project's secret (teams/links.py); here is its digest alone.
    """

    class State(models.TextChoices):
        """Open, or closed by whom. An open one whose moment has passed has expired."""

        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        REVOKED = "revoked", _("revoked")

    team = models.ForeignKey(Team, models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    is_deputy = models.BooleanField(_("deputy"), default=False)
    replaces = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="hand_overs")
    note = models.TextField(_("note"), blank=True, max_length=2000)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(_("good until"))
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["team", "-id"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                F("team"), Lower("email"), F("role"), condition=Q(state="open"), name="invitation_open_once"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(state="open", replaces__isnull=False), name="hand_over_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None, closed_by=None)
                | (~Q(state="open") & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="invitation_closed_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(role="viewer", is_deputy=True), name="invitation_no_deputy_viewer"),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}"
