"""The kind registry: kinds met for the first time, and what an admin decides about them."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from pathways.models import Kind
from teams.models import User
from teams.refusals import Conflict, Refused

#: A file that names more new kinds than this has something else in its column of kinds.
NEW_KINDS_LIMIT: Final = 50


def meet(cursor: CursorWrapper, *, table: str) -> int:
    """Keep every kind that `table.kind` names and the registry does not know, as *unknown*; how many were new.

    Raises Refused for more than NEW_KINDS_LIMIT. Set-based, and in the order of the keys, so that two imports
    that meet the same kinds wait for each other instead of deadlocking.
    """
    # The anti-join comes first: a row that ON CONFLICT turns away has used up one of 32,767 numbers.
    unmet = f"SELECT DISTINCT kind FROM {table} t WHERE NOT EXISTS (SELECT FROM pathways_kind k WHERE k.key = t.kind)"
    cursor.execute(f"SELECT count(*) FROM ({unmet}) unmet")
    count: int = cursor.fetchone()[0]
    if count > NEW_KINDS_LIMIT:
        raise Refused(
            _("%(count)d kinds of contribution are new; at most %(limit)d are taken in at once.")
            % {"count": count, "limit": NEW_KINDS_LIMIT}
        )
    if count:
        cursor.execute(
            f"""
            INSERT INTO pathways_kind (key, label, state)
            SELECT kind, kind, 'unknown' FROM ({unmet}) unmet ORDER BY kind
            ON CONFLICT (key) DO NOTHING
            """
        )
    return count


def decide(kind: Kind, *, actor: User, state: Kind.State, same_as: Kind | None = None, label: str = "") -> Kind:
    """An admin's answer to an unknown kind: it counts on its own, counts as another kind, or is ignored.

    The answer holds for the whole organisation and for every contribution of the kind, old and new. Raises
    PermissionDenied for anybody but an admin, Conflict when somebody has answered meanwhile, and Refused for
    `same_as` a kind that does not itself count under its own name.
    """
    if not actor.is_admin:
        raise PermissionDenied
    with transaction.atomic():
        fresh = Kind.objects.select_for_update().get(pk=kind.pk)
        if fresh.state != Kind.State.UNKNOWN:
            raise Conflict(_("Somebody has already decided about “%(kind)s”.") % {"kind": fresh.label}, fresh)
        if same_as is not None and (same_as.state != Kind.State.KNOWN or same_as.same_as_id or same_as.pk == fresh.pk):
            raise Refused(_("“%(kind)s” does not count under its own name.") % {"kind": same_as.label})
        fresh.state = Kind.State.KNOWN if same_as else state
        fresh.same_as = same_as
        fresh.label = label or fresh.label
        fresh.save(update_fields=["state", "same_as", "label"])
    return fresh
