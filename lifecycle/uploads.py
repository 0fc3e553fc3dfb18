"""Bodies that are too large: refused before they cost disk, with a page that says so."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

#: What a form around a file may take: its other fields and the boundaries.
ENVELOPE = 64 * 1024


def is_over_limit(request: HttpRequest) -> bool:
    """Whether the body is longer than UPLOAD_LIMIT allows. Its files were then passed over."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdigit() and int(length) > settings.UPLOAD_LIMIT + ENVELOPE


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Files go to disk, unless the body is over the limit: then none is kept, and the fields are still read."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip, or begin a temporary file."""
        if self.request is not None and is_over_limit(self.request):
            raise SkipFile
        super().new_file(*args, **kwargs)
