"""Accounts."""

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from lifecycle import clock

if TYPE_CHECKING:
    from teams.offers import Offer


class User(AbstractUser):
    """A person who logs in. `is_staff` makes an admin; every other right comes from memberships."""

    #: The day on which the second factor that is asked of the account is due; None if none is asked, or it is on. Told
    #: of the reader alone, who is read with it at each request (teams/entrance.py).
    factor_due: date | None = None
    #: The roles that wait for the reader's answer, told as the day is (teams/offers.py).
    offers: "tuple[Offer, ...]" = ()

    email = models.EmailField(_("e-mail address"))
    #: The roles whose introduction the account has put away (teams/introductions.py).
    introduced = ArrayField(models.CharField(max_length=10), default=list, db_default=[], blank=True, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=models.Q(introduced__contained_by=["viewer", "activator", "partner"]), name="user_introduced"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_admin(self) -> bool:
        """Edits definitions, manages accounts, and may act on every team."""
        return self.is_active and self.is_staff

    @property
    def owes_second_factor(self) -> bool:
        """Whether it has to be turned on before anything else."""
        return self.factor_due is not None and self.factor_due <= clock.today()
