"""Case studies of a team: what it writes about itself here, what is published, and the links that are handed out."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from teams.models.team import Team


class CaseStudyText(models.Model):
    """One version of the case study that a team writes here. Append-only: a trigger refuses update and delete.

    `seq` counts a team's versions from 1. `sections` holds the words by the key of the section
    (`teams.case_studies.texts`).
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="case_study_texts", db_index=False)
    seq = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    sections = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["team", "-seq"]
        constraints = [
            models.UniqueConstraint(fields=["team", "seq"], name="case_study_text_seq_once"),
            models.CheckConstraint(condition=~Q(title=""), name="case_study_text_titled"),
        ]

    def __str__(self) -> str:
        return self.title


class CaseStudy(models.Model):
    """A published case study; it counts on the days `[published_on, withdrawn_on)`.

    It is a version of the text that is written here, or stands elsewhere, at `url`. Of what is written here one
    version at a time is published.
    """

    team = models.ForeignKey(Team, models.PROTECT, related_name="case_studies")
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("link"), max_length=500, blank=True)
    text = models.ForeignKey(CaseStudyText, models.PROTECT, null=True, blank=True, related_name="publications")
    published_on = models.DateField(_("published on"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_because = models.TextField(_("reason"), max_length=1000, blank=True)

    class Meta:
        ordering = ["team", "-published_on", "-id"]
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "url"], condition=Q(withdrawn_on__isnull=True), name="case_study_once"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="case_study_titled"),
            models.CheckConstraint(
                condition=Q(url="") ^ Q(text__isnull=True), name="case_study_written_here_or_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("published_on")), name="case_study_dates"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_because="") | Q(withdrawn_on__isnull=False), name="case_study_reason_if_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CaseStudyLink(models.Model):
    """A link by which anybody reads a published case study, with the figures of one day, until somebody ends it.

    `key` is the secret in the address. It is kept as it is, for whoever made the link copies it again; it opens
    nothing but what was published. `record` is frozen (`teams.case_studies.record`): a trigger lets nothing of a
    link change but its end, and that once.
    """

    case_study = models.ForeignKey(CaseStudy, models.PROTECT, related_name="links")
    key = models.CharField(max_length=43, unique=True)
    day = models.DateField(_("figures as of"))
    record = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["case_study", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="case_study_link_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_study}, {self.day}"
