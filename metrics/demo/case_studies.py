"""A case study for the demo organisation: written from the record, published, shared by a link, with a public badge."""

from lifecycle import clock
from teams import badges, case_studies
from teams.case_studies import links, texts
from teams.case_studies.draft import title_of
from teams.case_studies.study import written
from teams.models import Team, User

#: What the record cannot know.
LEARNED = """Answering a newcomer within a day did more than any document we wrote.

- People came back when somebody had a next task for them by name.
- Two mentors were worth more than ten open invitations.
- What we measured weekly got better; what we measured yearly did not."""

NEXT = """We look at the funnel every month, and change one thing at a time.

The next stewards are already walking beside the present ones."""


def tell(team: Team, *, activator: User, partner: User) -> None:
    """The team's case study as its activator wrote it and its partner published it."""
    _latest, parts = written(team)
    words = {part.key: part.words for part in parts} | {texts.LEARNED: LEARNED, texts.NEXT: NEXT}
    saved = texts.save(team, actor=activator, seen=0, title=title_of(team), sections=words)
    case_studies.publish(team, actor=partner, seen=saved.seq)
    links.make(team, actor=activator, day=clock.today())
    badges.switch(team, actor=activator, is_public=True)
