"""What the admin pages have in common."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise

#: A link typed without its scheme is meant to be https.
LINKS: "Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]" = {models.URLField: {"assume_scheme": "https"}}


def called(
    title: Promise, of: type[admin.FieldListFilter] = admin.BooleanFieldListFilter
) -> type[admin.FieldListFilter]:
    """A filter under the name that its column has, where the field's own name is Django's."""

    class Called(of):  # type: ignore[valid-type, misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = title

    return Called


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
