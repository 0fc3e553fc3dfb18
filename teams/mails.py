"""E-mails: of one thing at once, of many in a summary. Only a job sends them, never a request.

An e-mail that left and whose job then died is sent again, under the same Message-ID, by which mailboxes know it; what
is recorded as mailed is so once. Whoever lost the right to read a team, or closed the account, gets nothing more of it,
but who took their role over.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lifecycle import jobs
from teams import mail_settings, notifications, watching
from teams.dashboard.people import crew_of
from teams.gates import Mover, Verdict, verdict_of
from teams.mail_settings import Sort
from teams.models import MailSetting, Notification, Role, Team, User

#: So many lines are in a summary; the page has them all.
LINES: Final = 100
LONGEST_SUBJECT: Final = 150
MONDAY: Final = 0


def one(pk: int) -> None:
    """E-mail one notification at once, if its reader wants that, may read it, and has not read it meanwhile."""
    rows = Notification.objects.filter(pk=pk, read_at=None, mailed_at=None)
    told = rows.select_related("user", "actor", "team__stage").first()
    if told is None:
        return
    sort = Sort.REMINDERS if told.kind in notifications.REMINDERS else Sort.AT_ONCE
    if not mail_settings.wants(told.user, sort) or not notifications.of(told.user).filter(pk=pk).exists():
        return
    template = "teams/mail/reminder.txt" if sort == Sort.REMINDERS else "teams/mail/one.txt"
    context: dict[str, object] = {"words": line(told.words), "team": line(told.team.name)}
    context |= {"address": absolute(told.address)}
    if sort == Sort.REMINDERS:
        verdict = verdict_of(told.team)
        is_ready = verdict.is_open and not told.team.stage.is_last
        context |= {"open": _open(told.team, verdict), "is_ready": is_ready}
    subject = f"{line(told.team.name)}: {line(told.words)}"
    _send(told.user, sort, subject=subject, template=template, context=context, key=f"told-{pk}")
    notifications.mailed([pk])


def ask_digests(day: date) -> None:
    """Ask for the summaries of a day: those of every day, on Mondays the weekly ones too."""
    today = [MailSetting.Digest.DAILY, *([MailSetting.Digest.WEEKLY] if day.weekday() == MONDAY else [])]
    chosen = Q(mail_setting__digest__in=today)
    if MailSetting.Digest.WEEKLY in today:
        chosen |= Q(mail_setting=None)
    waiting = Notification.objects.filter(read_at=None, mailed_at=None).values("user")
    for pk in User.objects.filter(chosen, pk__in=waiting, is_active=True).order_by("pk").values_list("pk", flat=True):
        jobs.ask("digest", f"{pk}/{day}")


def digest(user_id: int, day: date) -> None:
    """E-mail what an account has not read and was not e-mailed of yet, team by team; nothing, if there is nothing."""
    user = User.objects.get(pk=user_id)
    if not mail_settings.wants(user, Sort.DIGEST):
        return
    heard = Q(team__in=watching.watched_by(user)) | Q(kind__in=notifications.OWN)
    rows = notifications.unread(user).filter(heard, mailed_at=None).exclude(kind__in=notifications.REMINDERS)
    told = list(rows.select_related("team", "actor").order_by("team__name", "id"))
    if not told:
        return
    subject = ngettext("%(n)d thing happened in your teams", "%(n)d things happened in your teams", len(told)) % {
        "n": len(told)
    }
    context: dict[str, object] = {"teams": _by_team(told[:LINES]), "more": max(0, len(told) - LINES)}
    context |= {"all": absolute(reverse("teams:notifications"))}
    template = "teams/mail/digest.txt"
    _send(user, Sort.DIGEST, subject=subject, template=template, context=context, key=f"digest-{user.pk}-{day}")
    notifications.mailed([each.pk for each in told])


def line(text: str) -> str:
    """A text as one line, whatever breaks somebody put into a name: no header begins in it."""
    return " ".join(text.split())


def absolute(address: str) -> str:
    """An address of ours as it stands in an e-mail."""
    return f"{settings.SITE_URL.rstrip('/')}{address}"


def _send(user: User, sort: Sort, *, subject: str, template: str, context: dict[str, object], key: str) -> None:
    """One e-mail to one account, with the link that stops its sort (RFC 8058)."""
    stop = absolute(reverse("teams:unsubscribe", args=[mail_settings.token_of(user, sort)]))
    EmailMessage(
        subject=subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…",
        body=render_to_string(template, context | {"stop": stop, "sort": sort.label}),
        to=[user.email],
        headers={
            "Message-ID": f"<{key}@{urlsplit(settings.SITE_URL).hostname}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    ).send()


def _by_team(told: Iterable[Notification]) -> list[dict[str, object]]:
    """The lines of a summary under their teams."""
    return [
        {
            "name": line(team.name),
            "lines": [{"day": each.at, "words": line(each.words), "address": absolute(each.address)} for each in rows],
        }
        for team, rows in groupby(told, key=lambda each: each.team)
    ]


def _open(team: Team, verdict: Verdict) -> list[dict[str, str]]:
    """What stands between the team and its next stage, and whose move it is, by name where somebody holds the role."""
    crew = crew_of(team)
    names = {Mover.ACTIVATOR: crew.names(Role.ACTIVATOR), Mover.PARTNER: crew.names(Role.PARTNER)}
    movers = {Mover.NOBODY: _("It is counted by itself.")} | {
        mover: _("Next: the %(role)s, %(names)s.") % {"role": mover.label, "names": line(name)}
        for mover, name in names.items()
        if name
    }
    return [
        {
            "label": line(row.label),
            "lack": line(row.lack or str(row.state.label)),
            "mover": movers.get(row.move, _("Next: the %(role)s.") % {"role": row.move.label}),
        }
        for row in verdict.blocking
    ]
