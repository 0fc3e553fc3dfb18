"""One contribution, entered by hand: the same way in as every other, with somebody or something that vouches for it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from lifecycle import clock
from metrics import deliveries
from metrics.arrivals import Became
from metrics.delivered import ITEMS
from metrics.deliveries import Given
from metrics.entries import HAND, Entry
from metrics.models import Source
from metrics.sources import Told
from metrics.streams import queue_up
from pathways import by_word
from pathways.erasure import erased
from pathways.models import Contributor, Kind
from pathways.presence import takes_part
from pathways.rights import not_after_today
from teams.access import access_to
from teams.case_studies import is_web_address
from teams.models import User
from teams.refusals import Refused
from teams.waiting import briefly


@dataclass(frozen=True, kw_only=True)
class Act:
    """What somebody did, as a person tells it. Who: a contributor of the team, or a name and an e-mail address."""

    kind: Kind
    day: date
    what: str
    contributor: Contributor | None = None
    name: str = ""
    email: str = ""
    link: str = ""
    witness: str = ""


def enter(source: Source, act: Act, *, actor: User, key: UUID) -> Became:
    """Take a contribution in, and say what became of it. The same key again adds nothing, as from a double click.

    Raises PermissionDenied for whoever may not bring data in; Refused for a source that takes no entries or is
    switched off, for somebody of another team or erased, for nobody, for a day that has not come, and without a link
    or a witness; Busy if an import is under way.
    """
    if not access_to(actor, source.team).can_import:
        raise PermissionDenied
    if source.type != Source.Type.API:
        raise Refused(_("The source “%(source)s” takes no entries by hand.") % {"source": source.name})
    if not (act.link.strip() or act.witness.strip()):
        raise Refused(_("Tell a link, or who has seen it."))
    if act.link.strip():
        try:
            is_web_address(act.link.strip())
        except ValidationError as error:
            raise Refused(_("A link is a web address that begins with http:// or https://.")) from error
    not_after_today(act.day)
    with briefly():
        queue_up(source)
        identity, who = _who(source, act)
        entry = Entry(
            key=str(key),
            identity=identity,
            by=actor.pk,
            kind=act.kind.key,
            day=act.day,
            what=act.what.strip(),
            link=act.link.strip(),
            witness=act.witness.strip(),
        )
        report = deliveries.take_now(
            source, Given(HAND, str(key), entry.body()), Told([entry.row(*who)]), complete_to=_complete_to(source)
        )
    return report.outcomes[0].became


def _complete_to(source: Source) -> date | None:
    """Who enters by hand what no program tells has done so up to today; of a program's part, they know nothing."""
    return None if source.deliveries.filter(event=ITEMS).exists() else clock.today()


def _who(source: Source, act: Act) -> tuple[int, tuple[str, str, str]]:
    """The number of an identity of the source, and the name, e-mail and account by which its person is told of."""
    stream = source.identity_source
    if act.contributor is None:
        if not (act.name.strip() or act.email.strip()):
            raise Refused(_("Tell who did it."))
        return by_word.meet(stream, name=act.name, email=act.email).pk, (act.name, act.email, "")
    known = by_word.identity_of(act.contributor, stream)
    if erased(act.contributor) or not takes_part(act.contributor, source.team):
        raise Refused(_("Nobody of the team is called so."))
    return known.pk, (known.name, known.email, known.username)
