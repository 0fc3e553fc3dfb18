"""Webhook addresses and their secrets: made, rotated, and how a delivery proves that it comes from the sender."""

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from metrics.models import Hook, HookSecret, Source
from teams.models import User
from teams.refusals import Refused

#: Secrets that are good at a time: the one that the sender uses, and the one it is being changed to.
AT_A_TIME: Final = 2
SIGNATURE: Final = re.compile(r"sha256=([0-9a-f]{64})")


def signature_of(secret: str, body: bytes) -> str:
    """The header X-Hub-Signature-256 of a body (GitHub, "Validating webhook deliveries")."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def secrets_at(address: uuid.UUID) -> list[HookSecret]:
    """The secrets of the hook at an address, with the hook; none where there is no hook. One query."""
    return list(HookSecret.objects.filter(hook__address=address).select_related("hook"))


def is_signed(secrets_: Iterable[HookSecret], header: str, body: bytes) -> bool:
    """Whether one of the secrets signed these very bytes. Takes the same time whichever it was, or none."""
    if not SIGNATURE.fullmatch(header):
        return False
    good = [hmac.compare_digest(signature_of(each.secret, body), header) for each in secrets_]
    return any(good)


def add_secret(source: Source, *, actor: User) -> HookSecret:
    """A new secret, to be shown once; the source gets an address if it has none. Raises Refused for a third one."""
    if source.type != Source.Type.GITHUB:
        raise Refused(_("Only a source of webhooks has a secret."))
    with transaction.atomic():
        hook, _made = Hook.objects.get_or_create(source=source)
        Hook.objects.select_for_update().get(pk=hook.pk)
        if hook.secrets.count() >= AT_A_TIME:
            raise Refused(_("Two secrets are good already. End the older one first."))
        return HookSecret.objects.create(hook=hook, secret=secrets.token_urlsafe(32), made_by=actor)


def end_secret(secret: HookSecret) -> None:
    """From now on, what is signed with it is refused. Ending it twice is no fault."""
    HookSecret.objects.filter(pk=secret.pk).delete()
