"""When somebody is away."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class Absence(models.Model):
    """A person is away on the days `[starts_on, ends_on)`; on `ends_on` they are back. Never twice on one day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("back on"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["user", "starts_on"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="absence_dates"),
            # The person as a range of one: equality then needs no extension of the database.
            ExclusionConstraint(
                name="absence_apart",
                expressions=[
                    (
                        Func(F("user"), F("user"), Value("[]"), function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.starts_on} to {self.ends_on}"

    @property
    def last_day(self) -> date:
        """The last day away."""
        return self.ends_on - timedelta(days=1)
