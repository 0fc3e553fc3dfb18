"""What logs keep of an address: that it was asked for, and neither the key in it nor what somebody searched for.

Some addresses are keys: whoever has the whole of one may come in, or deliver. And a search names people, who could
not be erased from a log. So both leave each line before it is written, gunicorn's and Django's alike.
"""

import logging
import re
from typing import Final

#: How addresses begin whose next part is a key.
KEYED: Final = (
    "/hooks/github/",
    "/invitations/",
    "/account/addresses/",
    "/accounts/password/reset/key/",
    "/unsubscribe/",
    "/shared/",
)
_SECRET: Final = re.compile(rf"((?:{'|'.join(map(re.escape, KEYED))}))[^\s/?\"']+")
#: Also where such an address stands in another's query, as the one to come back to.
_QUERY: Final = re.compile(r"(/[^\s?\"']*\?)[^\s\"']+")


def masked(line: str) -> str:
    """The line without the keys and the queries of the addresses in it."""
    return _SECRET.sub(r"\1…", _QUERY.sub(r"\1…", line))


class Masking(logging.Filter):
    """Lets every record pass, masked."""

    def filter(self, record: logging.LogRecord) -> bool:
        """What is written is the text, so that nothing of the arguments is left."""
        record.msg, record.args = masked(record.getMessage()), None
        return True
