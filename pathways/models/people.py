"""The people who contribute: identities as they came in, and what is known of the person behind them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now, Trim
from django.utils.translation import gettext_lazy as _

from pathways.models.pathway import Pathway
from teams.models import Team


class Contributor(models.Model):
    """A person, after merges. Needs no account. One for the whole organisation, so that overlaps count once."""

    name = models.CharField(_("name"), max_length=200)
    is_bot = models.BooleanField(_("bot"), default=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        # Bots are few, and every count asks for them.
        indexes = [models.Index(fields=["id"], condition=Q(is_bot=True), name="contributor_bots")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """One (source, name, e-mail or username) as it came in; `contributor` is the pointer that merge and split move.

    `source` is the realm of the account, or the stream. `join_key` is what joins at once, and so is `account_key`,
    where both an address and an account are told: `pathways/keys.py`. Of an erased identity nothing is left but a
    keyed hash of those, and "@domain" where a rule for staff names the domain.
    """

    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="identities")
    source = models.CharField(_("source"), max_length=60)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    username = models.CharField(_("account"), max_length=120, blank=True)
    join_key = models.CharField(max_length=330)
    account_key = models.CharField(max_length=330, null=True, editable=False)  # noqa: DJ001  # no second key: no row of its index
    seen_at = models.DateTimeField(db_default=Now())
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "name", "email", "username"], condition=Q(erased_at=None), name="identity_once"
            ),
            models.CheckConstraint(
                condition=~Q(name="", email="", username="") | Q(erased_at__isnull=False),
                name="identity_says_something",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(name="", username="", email__regex=r"^(@[a-z0-9.-]+)?$", join_key__startswith="erased:")
                & (Q(account_key=None) | Q(account_key__startswith="erased:")),
                name="identity_erased_says_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["join_key", "id"], name="identity_join"),  # with the id: the oldest of a key
            models.Index(fields=["account_key", "id"], condition=Q(account_key__isnull=False), name="identity_account"),
            models.Index(fields=["join_key"], condition=Q(erased_at__isnull=False), name="identity_erased"),
            models.Index(Lower(Trim("email")), name="identity_email"),  # whose contributions are an account's
        ]

    def __str__(self) -> str:
        return self.name or self.username or self.email


class ContributorEvent(models.Model):
    """What somebody decided about a contributor: merge, split, bot flag, affiliation, erasure.

    Append-only; of an erased person, what somebody typed may be taken out of `detail`, and nothing added.
    """

    contributor = models.ForeignKey(Contributor, models.PROTECT, related_name="events")
    action = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["contributor", "id"]

    def __str__(self) -> str:
        return self.action


class Affiliated(models.TextChoices):
    """Who somebody is to the organisation. Nobody's word = unclassified, counted with the volunteers."""

    VOLUNTEER = "volunteer", _("volunteer")
    STAFF = "staff", _("staff")


class Affiliation(models.Model):
    """What a contributor is on the days `[from_on, until_on)`, read at the time of the act. Beats every rule."""

    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="affiliations")
    kind = models.CharField(_("affiliation"), max_length=10, choices=Affiliated.choices)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["contributor", "from_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")), name="affiliation_dates"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AffiliationRuleManager(models.Manager["AffiliationRule"]):
    """Finds a rule by what fixtures call it."""

    def get_by_natural_key(self, domain: str, from_on: str) -> "AffiliationRule":
        """The rule of that domain and first day (empty: since ever)."""
        return self.get(domain=domain, from_on=from_on or None)


class AffiliationRule(models.Model):
    """An e-mail domain that tells an affiliation, on the days `[from_on, until_on)`."""

    domain = models.CharField(_("e-mail domain"), max_length=120)
    kind = models.CharField(_("affiliation"), max_length=10, choices=Affiliated.choices, default=Affiliated.STAFF)
    from_on = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: since ever."))
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects = AffiliationRuleManager()

    class Meta:
        ordering = ["domain", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "from_on"], name="affiliation_rule_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(domain__regex=r"^[a-z0-9.-]+$"), name="affiliation_rule_domain"),
        ]

    def __str__(self) -> str:
        return self.domain

    def natural_key(self) -> tuple[str, str]:
        """Domain and first day."""
        return (self.domain, str(self.from_on or ""))


class CommunityRole(models.Model):
    """A role of a contributor in a team's community on the days `[from_on, until_on)`; counts once confirmed."""

    class Role(models.TextChoices):
        """The roles of 1-definitions, 1.2."""

        LIBRARIAN = "librarian", _("librarian")
        MENTOR = "mentor", _("mentor")
        LEADER = "leader", _("leader")
        CORE = "core", _("core contributor")
        STEWARD = "steward", _("pathway steward")

    team = models.ForeignKey(Team, models.PROTECT, related_name="community_roles", db_index=False)
    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["team", "role", "from_on"]
        constraints = [
            models.UniqueConstraint(fields=["team", "contributor", "role", "from_on"], name="community_role_once"),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")), name="community_role_dates"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class Mentorship(models.Model):
    """A mentor's mentee in a team, on the days `[from_on, until_on)`."""

    role = models.ForeignKey(CommunityRole, models.CASCADE, related_name="mentorships", db_index=False)
    mentee = models.ForeignKey(Contributor, models.CASCADE, related_name="+")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ["role", "from_on"]
        constraints = [models.UniqueConstraint(fields=["role", "mentee"], name="mentorship_once")]

    def __str__(self) -> str:
        return str(self.mentee)


class Enrolment(models.Model):
    """Somebody who joined a pathway by word, before or beside the first contribution (a *prospect* until then)."""

    pathway = models.ForeignKey(Pathway, models.CASCADE, related_name="enrolments", db_index=False)
    contributor = models.ForeignKey(Contributor, models.CASCADE, related_name="enrolments")
    enrolled_on = models.DateField(_("enrolled"))
    opportunity = models.CharField(_("opportunity"), max_length=200, blank=True)
    completed_steps = models.ManyToManyField("pathways.Step", blank=True, related_name="+")

    class Meta:
        ordering = ["pathway", "enrolled_on"]
        constraints = [models.UniqueConstraint(fields=["pathway", "contributor"], name="enrolment_once")]

    def __str__(self) -> str:
        return f"{self.contributor}"
