"""What people are told: a row for each thing that happened and each account that hears of it."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from teams.models.team import Role, Team


class Notification(models.Model):
    """One thing that happened in one team, told to one account. `teams/notifications.py` is the only writer.

    `cause` names the row or the moment that it is about: nobody hears of one cause twice, whoever tells it, however
    often. `place` is where it leads, after the team's own address.
    """

    class Kind(models.TextChoices):
        """What happened; the label is the sentence in which it is told."""

        ASKED = "asked", _("%(who)s asked for the promotion out of %(what)s")
        PROMOTED = "promoted", _("%(who)s promoted the team to %(what)s")
        DECLINED = "declined", _("%(who)s declined the promotion out of %(what)s")
        STEPPED_BACK = "stepped_back", _("%(who)s stepped the team back to %(what)s")
        GATE_OPEN = "gate_open", _("The gate out of %(what)s is open")
        GATE_CLOSED = "gate_closed", _("The gate out of %(what)s is closed")
        GATE_UNDECIDED = "gate_undecided", _("The gate out of %(what)s cannot be decided")
        VERIFIED = "verified", _("%(who)s verified “%(what)s”")
        UNDONE = "undone", _("%(who)s took the last step of “%(what)s” back")
        COMMENTED = "commented", _("%(who)s commented on “%(what)s”")
        CHECK_IN_COMMENTED = "check_in_commented", _("%(who)s commented on the check-in of %(what)s")
        WAIVER_ASKED = "waiver_asked", _("%(who)s asked for a waiver: “%(what)s”")
        WAIVER_GRANTED = "waiver_granted", _("%(who)s granted the waiver of “%(what)s”")
        WAIVER_REFUSED = "waiver_refused", _("%(who)s refused the waiver of “%(what)s”")
        INVITED = "invited", _("%(who)s appointed you %(what)s; accept it or decline it")
        OFFER_DECLINED = "offer_declined", _("%(who)s declined to be %(what)s")
        TAKEN_OVER = "taken_over", _("%(who)s took the role of %(what)s over from you")
        APPOINTED = "appointed", _("%(who)s appointed %(what)s")
        ENDED = "ended", _("A role of %(what)s has ended")
        HIGH_RISK = "high_risk", _("%(who)s raised a high risk: “%(what)s”")
        SOURCE_STALE = "source_stale", _("The source “%(what)s” is stale")
        SOURCE_BROKEN = "source_broken", _("The source “%(what)s” could not be read")
        SILENT = "silent", _("Nothing has been recorded since %(what)s")
        LONG_SILENT = "long_silent", _("Nothing has been recorded since %(what)s; activator and partner hear of it")

        @property
        def is_own(self) -> bool:
            """Of a role that the account has, had or offered: told to it alone, whether it watches the team or not."""
            return self.value in {"invited", "offer_declined", "taken_over"}

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="A Kind; its sentences are no business of the database.")
    cause = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    what = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "team", "kind", "cause"], name="notification_once"),
            models.CheckConstraint(condition=~Q(user=models.F("actor")), name="notification_of_others"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.words}"

    @property
    def words(self) -> str:
        """What happened, in a sentence without its full stop."""
        return str(self.Kind(self.kind).label) % {"who": self.actor or _("The organisation"), "what": self._what}

    @property
    def address(self) -> str:
        """Where it leads. Who is only invited does not see the team yet, and who handed their role over may no more."""
        if self.kind in {self.Kind.INVITED, self.Kind.TAKEN_OVER}:
            return reverse("teams:account")
        return self.team.get_absolute_url() + self.place

    @property
    def _what(self) -> str:
        """The thing in words; days and roles are kept as data, so that each reader has them in their own."""
        dated = {self.Kind.CHECK_IN_COMMENTED, self.Kind.SILENT, self.Kind.LONG_SILENT}
        if self.kind in dated:
            return str(date_format(date.fromisoformat(self.what), "j M Y"))
        return str(Role(self.what).label) if self.Kind(self.kind).is_own else self.what
