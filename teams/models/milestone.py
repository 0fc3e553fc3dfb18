"""What happened to a team's milestones. Append-only: a trigger refuses update and delete."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from lifecycle.models import Milestone
from teams.models.team import Team


class MilestoneEvent(models.Model):
    """One change of one milestone of one team. `seq` counts from 1; the state is the replay of the events.

    An event whose `seq` is taken lost a race: the unique constraint makes the second person's stale screen a
    conflict instead of a lost update.
    """

    class Action(models.TextChoices):
        """What was done."""

        START = "start", _("started")
        DONE = "done", _("marked done")
        VERIFY = "verify", _("verified")
        NOT_APPLICABLE = "not_applicable", _("marked not applicable")
        UNDO = "undo", _("undone")
        NOTE = "note", _("noted")

    class State(models.TextChoices):
        """Where the milestone stands after the event."""

        OPEN = "open", _("open")
        IN_PROGRESS = "in_progress", _("in progress")
        DONE = "done", _("done")
        VERIFIED = "verified", _("verified")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    team = models.ForeignKey(Team, models.PROTECT, related_name="milestone_events", db_index=False)
    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=15, choices=Action.choices)
    state = models.CharField(max_length=15, choices=State.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.TextField(_("note"), blank=True, max_length=4000)
    link = models.URLField(_("link"), blank=True, max_length=500)

    class Meta:
        ordering = ["team", "milestone", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["team", "milestone", "seq"], name="milestone_event_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="milestone_event_seq_from_one"),
            models.CheckConstraint(
                condition=~Q(action="not_applicable") | ~Q(note=""), name="milestone_event_reason_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.get_action_display()}"
