"""Who, where on the ladder, and may they move."""

from teams.models.absence import Absence
from teams.models.address_change import AddressChange
from teams.models.case_study import CaseStudy, CaseStudyLink, CaseStudyText
from teams.models.comment import Comment
from teams.models.gate import Adoption, Confirmation, Promotion, PromotionRequest, Waiver
from teams.models.glance import Glance
from teams.models.invitation import Invitation
from teams.models.last_verdict import LastVerdict
from teams.models.mail_setting import MailSetting
from teams.models.milestone import MilestoneEvent
from teams.models.notification import Notification
from teams.models.numbers import Measurement, Population, WeeklyCount
from teams.models.risk import CheckIn, TeamRisk
from teams.models.second_factor import SecondFactorRule
from teams.models.signal import Signal
from teams.models.state_change import StateChange
from teams.models.team import Membership, Role, Team
from teams.models.user import User
from teams.models.watch import Watch

__all__ = [
    "Absence",
    "AddressChange",
    "Adoption",
    "CaseStudy",
    "CaseStudyLink",
    "CaseStudyText",
    "CheckIn",
    "Comment",
    "Confirmation",
    "Glance",
    "Invitation",
    "LastVerdict",
    "MailSetting",
    "Measurement",
    "Membership",
    "MilestoneEvent",
    "Notification",
    "Population",
    "Promotion",
    "PromotionRequest",
    "Role",
    "SecondFactorRule",
    "Signal",
    "StateChange",
    "Team",
    "TeamRisk",
    "User",
    "Waiver",
    "Watch",
    "WeeklyCount",
]
