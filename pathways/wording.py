"""Rules as people read them."""

from collections.abc import Iterable, Mapping

from django.utils.dateparse import parse_date
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lifecycle.days import in_words
from pathways.models import CommunityRole, ContributorEvent, Kind, Step
from pathways.models.people import Affiliated
from pathways.rules import Point, StepSpec

#: What each action of a contributor's log says; the words in brackets come from its detail.
ACTIONS = {
    "bot": gettext_lazy("flagged as a bot"),
    "no bot": gettext_lazy("no longer flagged as a bot"),
    "affiliation": gettext_lazy("%(kind)s from %(from)s"),
    "name": gettext_lazy("called %(name)s, before: %(was)s"),
    "role given": gettext_lazy("given the role %(role)s from %(from)s"),
    "role confirmed": gettext_lazy("confirmed in the role %(role)s"),
    "role ended": gettext_lazy("role %(role)s ended on %(on)s"),
    "answered": gettext_lazy("answered as a newcomer"),
    "enrolled": gettext_lazy("enrolled in %(pathway)s"),
    "merge": gettext_lazy("another contributor was merged into this one"),
    "merged": gettext_lazy("merged into another contributor"),
    "unmerge": gettext_lazy("a merge was taken back"),
    "split": gettext_lazy("an identity was split off"),
    "erased": gettext_lazy("erased: name, addresses and accounts were taken out"),
    "split off": gettext_lazy("split off from another contributor"),
    "joined": gettext_lazy("another contributor was merged into this one at once: they share an address or an account"),
    "bot told": gettext_lazy("a source says that this is a bot"),
}

#: Why two people may be one, by the signs of `pathways/signs.py`.
REASONS = {
    "asked": gettext_lazy("somebody of a team says so"),
    "number": gettext_lazy("the same number of a GitHub account"),
    "name": gettext_lazy("the same name"),
    "one_word": gettext_lazy("the same name, of one word"),
    "login": gettext_lazy("accounts of the same name"),
    "login_local_part": gettext_lazy("an account named as an address of the other begins"),
    "local_part": gettext_lazy("addresses that begin alike"),
    "name_login": gettext_lazy("an account named as the other person"),
}


def kind_labels() -> dict[int, str]:
    """What each kind is called, in small letters for the middle of a sentence."""
    return {kind.pk: kind.label.lower() for kind in Kind.objects.all()}


def any_of(kinds: Iterable[int], labels: Mapping[int, str]) -> str:
    """The kinds as words: "review or translation"; none named is any kind."""
    return get_text_list([labels.get(kind, "?") for kind in kinds], _("or")) or _("any kind")


def sentence(point: Point, labels: Mapping[int, str]) -> str:
    """What has to be done to hold the level: "at least 4 of any kind on 2 days, within 365 days"."""
    words = [_("at least %(n)d of %(kinds)s") % {"n": point.n, "kinds": any_of(point.kinds, labels)}]
    if point.d > 1:
        words.append(_("on %(d)d different days") % {"d": point.d})
    if point.m > 1:
        words.append(_("in %(m)d different months") % {"m": point.m})
    words.append(ngettext("within one day", "within %(w)d days", point.w) % {"w": point.w})
    if point.roles:
        names = [str(CommunityRole.Role(role).label) for role in point.roles]
        words.append(_("while confirmed as %(roles)s") % {"roles": get_text_list(names, _("or"))})
    return capfirst(", ".join(words))


def completion(step: Step | StepSpec, labels: Mapping[int, str]) -> str:
    """How a step is completed."""
    if not step.kinds:
        return _("by hand")
    kinds = any_of(step.kinds, labels)
    return ngettext("by one contribution: %(kinds)s", "by %(n)d contributions: %(kinds)s", step.count) % {
        "n": step.count,
        "kinds": kinds,
    }


def event_words(event: ContributorEvent) -> str:
    """What somebody decided about a person, in words."""
    words = {key: str(value) for key, value in event.detail.items()}
    if event.action == "affiliation":
        kind = event.detail.get("kind")
        words["kind"] = str(Affiliated(kind).label) if kind else _("nobody has said")
    if event.detail.get("role") in CommunityRole.Role.values:
        words["role"] = str(CommunityRole.Role(event.detail["role"]).label)
    for key in ("from", "on"):
        if key in words and (day := parse_date(words[key])):
            words[key] = in_words(day)
    is_by_rule = event.action == "merge" and "because" in event.detail
    said = ACTIONS.get("joined" if is_by_rule else event.action)
    try:
        return str(said) % words if said else event.action
    except KeyError:  # an entry of an importer that told less
        return event.action
