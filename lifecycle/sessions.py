"""Sessions in the database, as Django keeps them. Every page reads one: that question is prepared."""

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from lifecycle import clock
from lifecycle.prepared import prepared


class SessionStore(DatabaseStore):
    """Django's, but for how it reads."""

    def _get_session_from_db(self) -> Session | None:
        found = _kept.first(self.session_key, clock.now()) if self.session_key else None
        if found is None:
            self._session_key = None  # whoever brings the key of a session that is over gets another one
        return found


@prepared
def _kept(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
