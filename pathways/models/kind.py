"""The kind registry: what sort of act a contribution is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KindManager(models.Manager["Kind"]):
    """Finds a kind by what fixtures call it."""

    def get_by_natural_key(self, key: str) -> "Kind":
        """The kind of that key."""
        return self.get(key=key)


class Kind(models.Model):
    """A kind of contribution. A kind met for the first time is kept as *unknown*: stored, shown, not counted.

    Somebody then decides: it counts on its own (`known`), it is another name of a known kind (`same_as`), or it
    is `ignored`. The decision holds for every contribution of the kind, old and new.
    """

    class State(models.TextChoices):
        """Whether its contributions count."""

        KNOWN = "known", _("known")
        UNKNOWN = "unknown", _("unknown")
        IGNORED = "ignored", _("ignored")

    id = models.SmallAutoField(primary_key=True)
    key = models.CharField(_("key"), max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UNKNOWN)
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="other_names")

    objects = KindManager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label

    def natural_key(self) -> tuple[str]:
        """The key."""
        return (self.key,)
