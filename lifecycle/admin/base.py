"""What the admin pages have in common."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.http import HttpRequest

#: A link typed without its scheme is meant to be https.
LINKS: "Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]" = {models.URLField: {"assume_scheme": "https"}}


class Kept:
    """Rows that are never deleted, for records point to them: they are retired, ended or closed instead."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ReadOnly(Kept):
    """Rows that the admin reads and does not write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
