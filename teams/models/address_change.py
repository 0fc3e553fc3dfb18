"""Changes of an account's e-mail address: asked for, and confirmed by whoever reads the new one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AddressChange(models.Model):
    """An account's way from one address to another. What was confirmed stays: who once had an address is still known
    by it, so that nobody's contributions come to count for the gate of their own team by a change of address.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes")
    former = models.EmailField(_("former address"))
    email = models.EmailField(_("new address"))
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(_("the former address was told"), null=True, blank=True)

    class Meta:
        ordering = ["user", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(confirmed_at__isnull=True), name="address_change_pending_once"
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="address_change_told_once_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.email}"
