"""Which identities are bots', by a list that a person has checked. Patterns of names alone only suggest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.db import transaction

from pathways.models import Contributor, ContributorEvent, Identity
from teams.models import User


@dataclass(frozen=True)
class BotList:
    """Names and e-mails, whole and as patterns. Names are compared stripped and case-folded, e-mails lower-cased."""

    names: frozenset[str]
    emails: frozenset[str]
    name_patterns: tuple[re.Pattern[str], ...]
    email_patterns: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, listed: Mapping[str, Sequence[str]]) -> Self:
        """From JSON with the keys names, emails, name_patterns, email_patterns. Raises re.error for a bad pattern."""
        return cls(
            names=frozenset(name.strip().casefold() for name in listed.get("names", [])),
            emails=frozenset(email.strip().lower() for email in listed.get("emails", [])),
            name_patterns=tuple(re.compile(pattern) for pattern in listed.get("name_patterns", [])),
            email_patterns=tuple(re.compile(pattern) for pattern in listed.get("email_patterns", [])),
        )

    def names_bot(self, identity: Identity) -> bool:
        """Whether the identity's name or e-mail is on the list."""
        name, email = identity.name.strip().casefold(), identity.email.strip().lower()
        return (
            name in self.names
            or email in self.emails
            or any(pattern.search(name) for pattern in self.name_patterns)
            or any(pattern.search(email) for pattern in self.email_patterns)
        )

    def bots(self) -> list[Contributor]:
        """The contributors, not yet flagged, of whom any identity is listed."""
        identities = Identity.objects.filter(contributor__is_bot=False).select_related("contributor").order_by("id")
        found = {each.contributor_id: each.contributor for each in identities.iterator() if self.names_bot(each)}
        return list(found.values())

    def flag(self, *, actor: User | None = None) -> list[Contributor]:
        """Flag them, each with an entry in its log; who was flagged. Flagging again finds nobody."""
        with transaction.atomic():
            bots = self.bots()
            Contributor.objects.filter(pk__in=[bot.pk for bot in bots]).update(is_bot=True)
            ContributorEvent.objects.bulk_create(
                ContributorEvent(contributor=bot, action="bot", detail={"reason": "on a checked list"}, actor=actor)
                for bot in bots
            )
        return bots
