"""Secrets that have to be read again, kept so that the database alone does not tell them.

A password or a token is kept as a digest. What signs deliveries, or makes the codes of a second factor, is needed as
it is: it is sealed under the project's secret, which is not in the database.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """It was sealed under a secret that is neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS."""


def seal(text: str, *, of: str) -> str:
    """The text, sealed under today's secret. `of` says what it is: one sort of secret opens no other."""
    return _seals(of).encrypt(text.encode()).decode()


def unseal(sealed: str, *, of: str) -> str:
    """What was sealed under the secret of today or a former one. Raises Unreadable."""
    try:
        return _seals(of).decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise Unreadable from fault


def seal_again(sealed: str, *, of: str) -> str:
    """The same under today's secret, so that a former one can be let go. Raises Unreadable."""
    return seal(unseal(sealed, of=of), of=of)


def _seals(of: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(f"{of}:{secret}".encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
