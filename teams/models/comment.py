"""What people say to each other in the place that it is about."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.models import Milestone
from teams.models.risk import CheckIn
from teams.models.team import Team


class Comment(models.Model):
    """A comment on a milestone or on a check-in of a team.

    A trigger refuses every change but its withdrawal: then the text leaves, and that there was one stays.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="comments")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, related_name="+")
    check_in = models.ForeignKey(CheckIn, models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(milestone__isnull=True) ^ Q(check_in__isnull=True), name="comment_on_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) ^ Q(text=""), name="comment_has_text_until_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
