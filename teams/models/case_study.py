"""Case studies of a team that have been published somewhere."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from teams.models.team import Team


class CaseStudy(models.Model):
    """A published case study, told by its title and its link; it counts on the days `[published_on, withdrawn_on)`."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="case_studies")
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("link"), max_length=500)
    published_on = models.DateField(_("published on"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        ordering = ["team", "-published_on", "-id"]
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "url"], condition=Q(withdrawn_on__isnull=True), name="case_study_once"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(url=""), name="case_study_titled_and_linked"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("published_on")), name="case_study_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.title
