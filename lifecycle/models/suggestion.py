"""What readers of the guide propose; an admin answers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from lifecycle.models.definitions import Facet, Stage


class Suggestion(models.Model):
    """A reader's input to one facet of one stage. `author` is a user name, for the floor knows no accounts."""

    class State(models.TextChoices):
        """Where the suggestion stands in the admin's queue."""

        NEW = "new", _("new")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="suggestions")
    facet = models.CharField(_("facet"), max_length=20, choices=Facet.choices)
    text = models.TextField(_("suggestion"), max_length=4000)
    author = models.CharField(_("from"), max_length=150)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # By a digest, for a text is longer than an entry of an index may be.
            models.UniqueConstraint(
                "stage", "facet", "author", MD5("text"), condition=Q(state="new"), name="suggestion_new_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
