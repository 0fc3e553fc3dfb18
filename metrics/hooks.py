"""Webhook addresses and their secrets: made, rotated, and how a delivery proves that it comes from the sender."""

import hashlib
import hmac
import logging
import re
import secrets
import uuid
from collections.abc import Iterable, Iterator
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lifecycle import sealing
from metrics.models import Hook, HookSecret, Source
from teams.models import User
from teams.refusals import Refused

log = logging.getLogger(__name__)

#: What seals of these secrets are of.
HOOK: Final = "metrics.hooks.secret"
#: Secrets that are good at a time: the one that the sender uses, and the one it is being changed to.
AT_A_TIME: Final = 2
SIGNATURE: Final = re.compile(r"sha256=([0-9a-f]{64})")


def signature_of(secret: str, body: bytes) -> str:
    """The header X-Hub-Signature-256 of a body (GitHub, "Validating webhook deliveries")."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


#: Asked with each delivery, by whoever sends one: written out, for Django takes longer to write it than it is answered.
AT = """
SELECT hook.source_id, array_remove(array_agg(secret.sealed), NULL)
  FROM metrics_hook hook LEFT JOIN metrics_hooksecret secret ON secret.hook_id = hook.id
 WHERE hook.address = %s GROUP BY hook.id
"""


def found_at(address: uuid.UUID) -> tuple[int, list[str]] | None:
    """The source of the hook at an address, by its id, and the secrets that are good; None where there is no hook."""
    with connection.cursor() as cursor:
        cursor.execute(AT, [address])
        found: tuple[int, list[str]] | None = cursor.fetchone()
    return found and (found[0], [*_unsealed(found[1])])


def sealed(secret: str) -> str:
    """A secret as it is kept."""
    return sealing.seal(secret, of=HOOK)


def _unsealed(kept: Iterable[str]) -> Iterator[str]:
    """What can be read. Another is good for nothing, and what it signed is refused."""
    for each in kept:
        try:
            yield sealing.unseal(each, of=HOOK)
        except sealing.Unreadable:
            log.error("a webhook's secret was sealed under another SECRET_KEY: see docs/operations.md")


def is_signed(secrets_: Iterable[str], header: str, body: bytes) -> bool:
    """Whether one of the secrets signed these very bytes. Takes the same time whichever it was, or none."""
    if not SIGNATURE.fullmatch(header):
        return False
    good = [hmac.compare_digest(signature_of(secret, body), header) for secret in secrets_]
    return any(good)


def add_secret(source: Source, *, actor: User) -> str:
    """A new secret, to be shown once; the source gets an address if it has none. Raises Refused for a third one."""
    if source.type != Source.Type.GITHUB:
        raise Refused(_("Only a source of webhooks has a secret."))
    with transaction.atomic():
        hook, _made = Hook.objects.get_or_create(source=source)
        Hook.objects.select_for_update().get(pk=hook.pk)
        if hook.secrets.count() >= AT_A_TIME:
            raise Refused(_("Two secrets are good already. End the older one first."))
        secret = secrets.token_urlsafe(32)
        HookSecret.objects.create(hook=hook, sealed=sealed(secret), made_by=actor)
    return secret


def end_secret(secret: HookSecret) -> None:
    """From now on, what is signed with it is refused. Ending it twice is no fault."""
    HookSecret.objects.filter(pk=secret.pk).delete()


def seal_again() -> tuple[int, int]:
    """Seals every secret under today's SECRET_KEY: how many were, and how many no key opens."""
    again = lost = 0
    with transaction.atomic():
        for each in HookSecret.objects.select_for_update():
            try:
                each.sealed = sealing.seal_again(each.sealed, of=HOOK)
            except sealing.Unreadable:
                lost += 1
                continue
            each.save(update_fields=["sealed"])
            again += 1
    return again, lost
