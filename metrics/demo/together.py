"""The demo organisation's people hear of each other: what they watch, what they said, what they have read.

They have been at work for long: nobody needs to be told what their role is.
"""

from collections.abc import Iterable

from lifecycle import jobs
from teams import comments, introductions, mail_settings, milestones, notifications, watching
from teams.models import CheckIn, Role, Team, User

#: On the first milestones of a team's stage, in their order: who said what.
SAID = [
    [
        ("ines", "Read it on the train. Clear, and short enough that a newcomer will finish it."),
        ("jonas", "Thank you. The longer version stays at https://handbook.demo.example/lantern for who wants it."),
    ],
    [("mirela", "I can take this one over from March, if nobody minds.")],
]
SAID_AT_CHECK_IN = [
    ("jonas", "Two people have signed up for the rota since we spoke."),
    ("ines", "Good. Let us look at the waiting time next."),
]


def quiet(people: Iterable[User]) -> None:
    """A demo writes to nobody at once: the addresses of its people lead nowhere."""
    for user in people:
        mail_settings.choose(user, at_once=False)


def settled(people: Iterable[User]) -> None:
    """Everybody has put the introductions to their roles away."""
    for user in people:
        for role in Role:
            introductions.put_away(user, role)


def talk(people: dict[str, User]) -> None:
    """Comments in their places, an admin who watches, and a partner who has read the older half."""
    team = Team.objects.select_related("stage").get(slug="lantern")
    watching.watch(team, actor=people["ada"], is_on=True)
    board = milestones.board(team)
    for state, said in zip(board, SAID, strict=False):
        for who, text in said:
            comments.write(team, actor=people[who], text=text, milestone=state.milestone)
    check_in = CheckIn.objects.filter(team=team)[0]
    for who, text in SAID_AT_CHECK_IN:
        comments.write(team, actor=people[who], text=text, check_in=check_in)
    told = list(notifications.unread(people["ines"]).order_by("id").values_list("pk", flat=True))
    if told:
        notifications.read(people["ines"], until=told[len(told) // 2])
    jobs.drain()
