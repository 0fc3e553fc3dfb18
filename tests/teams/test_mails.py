"""E-mails go once, to who wants them and may read them, and are stopped by a link that nobody can forge."""

import re
import threading
from datetime import date
from email.message import EmailMessage

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from lifecycle import jobs
from lifecycle.models import Job
from teams import mail_settings, mails, notifications, watching
from teams.mail_settings import Sort
from teams.models import MailSetting, Membership, Notification, Team, User
from tests.conftest import People

pytestmark = pytest.mark.django_db
Kind = Notification.Kind
MONDAY, TUESDAY = date(2026, 6, 15), date(2026, 6, 16)


def decided(people: People, cause: object = 1) -> None:
    """A decision of the partner, of which the activator hears at once."""
    told = {"actor": people.partner, "what": "Scaling", "place": "history/2/"}
    notifications.tell(people.team, Kind.PROMOTED, cause=cause, **told)  # type: ignore[arg-type]


def send() -> list[EmailMessage]:
    """What goes out when the mail jobs are done."""
    mail.outbox.clear()
    for job in Job.objects.filter(kind__in=["mail", "digest"], state="queued").order_by("id"):
        assert jobs.run(job.pk, reraise=True)
    return [each.message() for each in mail.outbox]


def text_of(message: EmailMessage) -> str:
    return message.get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_a_decision_goes_out_at_once_and_once(people: People) -> None:
    decided(people)
    assert not mail.outbox, "never in the request"
    (sent,) = send()
    assert (sent["To"], sent["Subject"]) == (
        "activator@people.example",
        "Lantern: Partner Muster promoted the team to Scaling",
    )
    assert "http://localhost:8000/teams/lantern/history/2/" in text_of(sent)
    decided(people)
    jobs.ask("mail", str(Notification.objects.get().pk))
    assert send() == []
    mails.ask_digests(MONDAY)
    assert send() == [], "and is not repeated in the summary"


def test_what_is_no_decision_waits_for_the_summary(people: People) -> None:
    notifications.tell(people.team, Kind.VERIFIED, cause=1, actor=people.partner, what="One storyboard")
    assert send() == []
    mails.ask_digests(TUESDAY)
    assert send() == [], "weekly, unless somebody chose otherwise"
    mails.ask_digests(MONDAY)
    (sent,) = send()
    assert sent["Subject"] == "1 thing happened in your teams"
    assert "Partner Muster verified “One storyboard”" in text_of(sent)
    mails.ask_digests(MONDAY)
    assert send() == []


@pytest.mark.parametrize(
    ("choice", "monday", "tuesday"), [("daily", 1, 1), ("weekly", 1, 0), ("none", 0, 0), (None, 1, 0)]
)
def test_the_summary_comes_as_often_as_chosen(people: People, choice: str | None, monday: int, tuesday: int) -> None:
    if choice:
        mail_settings.choose(people.activator, digest=choice)
    for day, number in ((MONDAY, monday), (TUESDAY, tuesday)):
        notifications.tell(people.team, Kind.VERIFIED, cause=day, actor=people.partner, what="One")
        mails.ask_digests(day)
        assert len(send()) == number


def test_what_was_read_meanwhile_is_not_sent(people: People) -> None:
    decided(people)
    notifications.read(people.activator, pk=Notification.objects.get().pk)
    assert send() == []


def close(people: People) -> None:
    User.objects.filter(pk=people.activator.pk).update(is_active=False)


def leave(people: People) -> None:
    Membership.objects.filter(user=people.activator).update(ends_on=date(2026, 1, 1))


def switch_off(people: People) -> None:
    mail_settings.stop(people.activator, Sort.AT_ONCE, Sort.DIGEST)


@pytest.mark.parametrize("turn", [close, leave, switch_off])
def test_nothing_goes_to_who_has_gone_or_wants_none(people: People, turn: object) -> None:
    decided(people)
    notifications.tell(people.team, Kind.VERIFIED, cause=1, actor=people.partner, what="One")
    mails.ask_digests(MONDAY)
    turn(people)  # type: ignore[operator]
    assert send() == []
    mails.ask_digests(MONDAY)
    assert send() == []


def test_who_stopped_watching_gets_no_summary_of_the_team(people: People) -> None:
    notifications.tell(people.team, Kind.VERIFIED, cause=1, actor=people.partner, what="One")
    watching.watch(people.team, actor=people.activator, is_on=False)
    mails.ask_digests(MONDAY)
    assert send() == []


def test_no_name_begins_a_header_or_leaves_the_text(people: People) -> None:
    evil = "Lantern\r\nBcc: all@people.example\n\n<b>&amp;"
    Team.objects.filter(pk=people.team.pk).update(name=evil)
    User.objects.filter(pk=people.partner.pk).update(first_name="P\nCc: x@people.example", last_name="<i>")
    decided(people)
    notifications.tell(people.team, Kind.VERIFIED, cause=2, actor=people.partner, what="a\r\nReply-To: me\u2028b" * 40)
    mails.ask_digests(MONDAY)
    sent = send()
    assert len(sent) == 2
    for message in sent:
        assert message["To"] == "activator@people.example"
        assert not {"Bcc", "Cc", "Reply-To"} & set(message.keys())
        body = text_of(message)
        assert "\nBcc:" not in body
        assert "\nReply-To" not in body
        assert "<i>" in body, "plain text is not escaped"
    assert len(sent[0]["Subject"]) < 200


def test_a_failing_mail_server_loses_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    decided(people)
    job = Job.objects.get(kind="mail")
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _refuse)
        assert not jobs.run(job.pk)
    assert Notification.objects.get().mailed_at is None
    Job.objects.filter(pk=job.pk).update(run_after="2020-01-01T00:00Z")
    assert len(send()) == 1
    assert Notification.objects.get().mailed_at is not None


def _refuse(*args: object) -> int:
    raise ConnectionRefusedError


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail(people: People) -> None:
    decided(people)
    job, together = Job.objects.get(kind="mail"), threading.Barrier(4)
    done: list[bool] = []

    def work() -> None:
        together.wait(timeout=10)
        done.append(jobs.run(job.pk))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(done) == [False, False, False, True]
    assert len(mail.outbox) == 1


def stop_link(message: EmailMessage) -> str:
    link = re.fullmatch(r"<http://localhost:8000(/unsubscribe/[^/>]+/)>", message["List-Unsubscribe"])
    assert link
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link[1] in text_of(message)
    return link[1]


def test_one_click_stops_one_sort_without_a_log_in(people: People) -> None:
    decided(people)
    link = stop_link(send()[0])
    stranger = Client(enforce_csrf_checks=True)
    asked = stranger.get(link)
    assert asked.status_code == 200
    assert "activator" not in asked.content.decode().lower(), "the page names nobody"
    assert mail_settings.of(people.activator).at_once, "a mailbox that looks at links stops nothing"
    answer = stranger.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, "no redirect: mailboxes do not follow one"
    kept = mail_settings.of(people.activator)
    assert (kept.at_once, kept.digest, kept.reminders) == (False, "weekly", True)
    assert MailSetting.objects.count() == 1, "and of nobody else"
    decided(people, cause=2)
    assert send() == []


def test_one_more_click_stops_all(people: People) -> None:
    link = f"/unsubscribe/{mail_settings.token_of(people.partner, Sort.DIGEST)}/"
    Client().post(link, {"all": "1"})
    assert not any(mail_settings.wants(people.partner, sort) for sort in Sort)


def test_a_link_that_we_have_not_signed_stops_nothing(people: People) -> None:
    token = mail_settings.token_of(people.activator, Sort.DIGEST)
    other = mail_settings.token_of(people.partner, Sort.DIGEST)
    body, signature = token.rsplit(":", 1)
    forged = [
        body,
        f"{body}:",
        f"{other.rsplit(':', 1)[0]}:{signature}",
        f"{body}:{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{body[:-2]}:{signature}",
        "x",
        "\N{SNOWMAN}",
    ]
    for each in forged:
        for method in ("get", "post"):
            assert getattr(Client(), method)(f"/unsubscribe/{each}/").status_code == 404, each
    assert not MailSetting.objects.exists()
    close(people)
    assert Client().post(f"/unsubscribe/{token}/").status_code == 404


def test_the_settings_page_keeps_the_choice(people: People) -> None:
    client = people.client("activator")
    assert 'value="weekly"' in client.get("/account/notifications/").content.decode()
    response = client.post("/account/notifications/", {"digest": "daily", "reminders": "on"})
    assert (response.status_code, response["Location"]) == (303, "/account/notifications/")
    kept = mail_settings.of(people.activator)
    assert (kept.digest, kept.at_once, kept.reminders) == ("daily", False, True)
    assert client.post("/account/notifications/", {"digest": "hourly"}).status_code == 422
    assert mail_settings.of(people.activator).digest == "daily"
