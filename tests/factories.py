"""Every factory in one file, each the smallest valid row."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from lifecycle import clock
from lifecycle.measures import Measure
from lifecycle.models import Criterion, Duty, Milestone, Resource, Risk, Stage
from metrics.models import Source
from pathways.models import (
    CommunityRole,
    Contributor,
    ConversionPoint,
    Enrolment,
    Funnel,
    Identity,
    Kind,
    Level,
    Pathway,
    Step,
)
from teams import letters, links
from teams.case_studies import facts
from teams.models import (
    Absence,
    AddressChange,
    CaseStudy,
    CaseStudyLink,
    CaseStudyText,
    CheckIn,
    Invitation,
    Measurement,
    Membership,
    Role,
    Signal,
    Team,
    TeamRisk,
    User,
)

LONG_AGO = date(2020, 1, 1)


class StageFactory(DjangoModelFactory[Stage]):
    class Meta:
        model = Stage
        django_get_or_create = ("order",)

    order = factory.Sequence(lambda n: n + 1)
    slug = factory.LazyAttribute(lambda o: f"stage-{o.order}")
    name = factory.LazyAttribute(lambda o: f"Stage {o.order}")
    short_name = factory.LazyAttribute(lambda o: f"Stage {o.order}")
    definition = "What it is."
    competence = "Learning."
    measure_of_success = "How we know."


class ItemFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    stage = factory.SubFactory(StageFactory, order=1)
    key = factory.Sequence(lambda n: f"item-{n}")
    order = factory.Sequence(lambda n: n + 1)
    text = factory.LazyAttribute(lambda o: f"Text of {o.key}")


class MilestoneFactory(ItemFactory):
    class Meta:
        model = Milestone


class ResourceFactory(ItemFactory):
    class Meta:
        model = Resource


class RiskFactory(ItemFactory):
    class Meta:
        model = Risk


class DutyFactory(ItemFactory):
    class Meta:
        model = Duty

    role = Duty.Role.ACTIVATOR


class CriterionFactory(ItemFactory):
    class Meta:
        model = Criterion

    measure = Measure.ACTIVE_CONTRIBUTORS
    threshold = Decimal(1)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@people.example")
    first_name = factory.LazyAttribute(lambda o: o.username.capitalize())
    last_name = "Muster"
    password = factory.django.Password("correct horse battery")


class TeamFactory(DjangoModelFactory[Team]):
    class Meta:
        model = Team

    slug = factory.Sequence(lambda n: f"team-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.capitalize())
    stage = factory.SubFactory(StageFactory, order=1)
    entered_on = LONG_AGO


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.ACTIVATOR
    starts_on = LONG_AGO
    accepted_at = datetime(2020, 1, 1, tzinfo=UTC)


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    team = factory.SubFactory(TeamFactory)
    email = factory.Sequence(lambda n: f"invited{n}@people.example")
    role = Role.ACTIVATOR
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=14))
    nonce = factory.LazyFunction(uuid.uuid4)
    digest = factory.LazyAttribute(lambda o: links.digest_of(links.key_of(o.nonce, purpose=letters.INVITATION)))


class AddressChangeFactory(DjangoModelFactory[AddressChange]):
    class Meta:
        model = AddressChange

    user = factory.SubFactory(UserFactory)
    former = factory.LazyAttribute(lambda o: o.user.email)
    email = factory.Sequence(lambda n: f"new{n}@people.example")
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=1))
    nonce = factory.LazyFunction(uuid.uuid4)
    digest = factory.LazyAttribute(lambda o: links.digest_of(links.key_of(o.nonce, purpose=letters.ADDRESS)))


class AbsenceFactory(DjangoModelFactory[Absence]):
    class Meta:
        model = Absence

    user = factory.SubFactory(UserFactory)
    starts_on = factory.LazyFunction(clock.today)
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + timedelta(days=7))


class MeasurementFactory(DjangoModelFactory[Measurement]):
    """A current measurement: its version is ahead of every fact the test writes."""

    class Meta:
        model = Measurement

    team = factory.SubFactory(TeamFactory)
    measure = Measure.ACTIVE_CONTRIBUTORS
    value = Decimal(1)
    as_of = factory.LazyFunction(lambda: datetime.now(UTC).date())
    data_version = 1_000_000


class TeamRiskFactory(DjangoModelFactory[TeamRisk]):
    class Meta:
        model = TeamRisk

    team = factory.SubFactory(TeamFactory)
    text = "Something may go wrong."
    raised_by = factory.SubFactory(UserFactory)


class SignalFactory(DjangoModelFactory[Signal]):
    class Meta:
        model = Signal

    team = factory.SubFactory(TeamFactory)
    kind = Signal.Kind.SILENCE
    degree = 1
    evidence = {"last": "2026-04-01", "days": 77}
    as_of = date(2026, 6, 17)


class CheckInFactory(DjangoModelFactory[CheckIn]):
    class Meta:
        model = CheckIn

    team = factory.SubFactory(TeamFactory)
    held_on = factory.LazyFunction(lambda: datetime.now(UTC).date())
    note = "We talked."
    by = factory.SubFactory(UserFactory)


class CaseStudyFactory(DjangoModelFactory[CaseStudy]):
    class Meta:
        model = CaseStudy

    team = factory.SubFactory(TeamFactory)
    title = factory.Sequence(lambda n: f"Case study {n}")
    url = factory.Sequence(lambda n: f"https://studies.example/{n}")
    published_on = factory.LazyFunction(lambda: datetime.now(UTC).date())
    published_by = factory.SubFactory(UserFactory)


class CaseStudyTextFactory(DjangoModelFactory[CaseStudyText]):
    class Meta:
        model = CaseStudyText

    team = factory.SubFactory(TeamFactory)
    seq = 1
    title = "How we learned"
    sections = factory.LazyFunction(lambda: {"introduction": "We began."})
    by = factory.SubFactory(UserFactory)


class CaseStudyLinkFactory(DjangoModelFactory[CaseStudyLink]):
    """A link to a text that is published, with the figures of today."""

    class Meta:
        model = CaseStudyLink

    case_study = factory.SubFactory(
        CaseStudyFactory,
        url="",
        text=factory.SubFactory(CaseStudyTextFactory, team=factory.SelfAttribute("..team")),
    )
    key = factory.Sequence(lambda n: f"key-{n}")
    day = factory.LazyFunction(lambda: datetime.now(UTC).date())
    record = factory.LazyAttribute(lambda o: facts.told(o.case_study.team, o.day))
    made_by = factory.SubFactory(UserFactory)


class KindFactory(DjangoModelFactory[Kind]):
    class Meta:
        model = Kind
        django_get_or_create = ("key",)

    key = "commit"
    label = factory.LazyAttribute(lambda o: o.key.capitalize())
    state = Kind.State.KNOWN


class PathwayFactory(DjangoModelFactory[Pathway]):
    class Meta:
        model = Pathway

    team = factory.SubFactory(TeamFactory)
    slug = factory.Sequence(lambda n: f"pathway-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.capitalize())
    opened_on = LONG_AGO


class PointFactory(DjangoModelFactory[ConversionPoint]):
    class Meta:
        model = ConversionPoint

    pathway = factory.SubFactory(PathwayFactory)
    level = Level.CASUAL
    label = factory.Sequence(lambda n: f"Point {n}")


class StepFactory(DjangoModelFactory[Step]):
    class Meta:
        model = Step

    pathway = factory.SubFactory(PathwayFactory)
    order = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda o: f"Step {o.order}")


class FunnelFactory(DjangoModelFactory[Funnel]):
    class Meta:
        model = Funnel

    key = factory.Sequence(lambda n: f"funnel-{n}")
    name = factory.LazyAttribute(lambda o: o.key.capitalize())


class ContributorFactory(DjangoModelFactory[Contributor]):
    class Meta:
        model = Contributor

    name = factory.Sequence(lambda n: f"Person {n}")


class IdentityFactory(DjangoModelFactory[Identity]):
    class Meta:
        model = Identity

    contributor = factory.SubFactory(ContributorFactory)
    source = "csv"
    name = factory.LazyAttribute(lambda o: o.contributor.name)
    email = factory.Sequence(lambda n: f"person{n}@home.example")
    join_key = factory.LazyAttribute(lambda o: f"mail:{o.email.lower()}")


class CommunityRoleFactory(DjangoModelFactory[CommunityRole]):
    class Meta:
        model = CommunityRole

    team = factory.SubFactory(TeamFactory)
    contributor = factory.SubFactory(ContributorFactory)
    role = CommunityRole.Role.LEADER
    from_on = LONG_AGO
    confirmed_by = factory.SubFactory(UserFactory)


class EnrolmentFactory(DjangoModelFactory[Enrolment]):
    class Meta:
        model = Enrolment

    pathway = factory.SubFactory(PathwayFactory)
    contributor = factory.SubFactory(ContributorFactory)
    enrolled_on = LONG_AGO


class SourceFactory(DjangoModelFactory[Source]):
    class Meta:
        model = Source

    pathway = factory.SubFactory(PathwayFactory)
    team = factory.SelfAttribute("pathway.team")
    name = factory.Sequence(lambda n: f"Source {n}")
    default_kind = factory.SubFactory(KindFactory)
