"""The keys of links that are sent by mail: signed, and known to the database by their digest alone.

A key is the signature of a row's nonce under the project's secret. So the job that sends the mail makes the same key
each time it is tried, and whoever reads the database cannot make one.
"""

import hashlib
import uuid

from django.conf import settings
from django.core.signing import Signer


def key_of(nonce: uuid.UUID, *, purpose: str) -> str:
    """The key that stands in the link; a key of one purpose opens nothing of another."""
    return Signer(salt=f"teams.links.{purpose}").signature(nonce.hex)


def digest_of(key: str) -> bytes:
    """What is kept of a key. Looked up by it, how long that takes tells nothing of the keys there are."""
    return hashlib.sha256(key.encode(errors="replace")).digest()


def absolute(path: str) -> str:
    """The whole address of a path, for a mail: written where no request tells the name of the site."""
    return settings.SITE_URL.rstrip("/") + path
