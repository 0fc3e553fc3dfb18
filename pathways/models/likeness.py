"""Two contributors who may be one person, and what somebody has said to that."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least, Now
from django.utils.translation import gettext_lazy as _

from pathways.models.people import Contributor


class Likeness(models.Model):
    """A pair of contributors; `reasons` are codes of `pathways/signs.py`. Its writer is `pathways/likenesses.py`.

    Open: found alike, and nobody has decided. Accepted: they were merged. Rejected: a person has said that they are
    two, by rejecting, splitting or taking a merge back; no rule joins them after that, and no search finds them again.
    """

    class State(models.TextChoices):
        """What has been said."""

        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    one = models.ForeignKey(Contributor, models.CASCADE, related_name="+")
    other = models.ForeignKey(Contributor, models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)
    confidence = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_default=State.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-confidence", "id"]
        verbose_name_plural = _("likenesses")
        constraints = [
            # Of a pair in either order, for a merge moves either end.
            models.UniqueConstraint(Least("one", "other"), Greatest("one", "other"), name="likeness_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="likeness_of_two"),
            models.CheckConstraint(condition=Q(confidence__lte=100), name="likeness_confidence"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="likeness_decided_when",
            ),
        ]
        indexes = [models.Index(fields=["-confidence", "id"], condition=Q(state="open"), name="likeness_open")]

    def __str__(self) -> str:
        return f"{self.one} = {self.other}"
