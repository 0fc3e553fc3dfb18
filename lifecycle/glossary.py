"""What the words mean: one short meaning each, told beside the word on every page and all together in the guide."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Word:
    """A word of the product. `key` is its place on the page of words, and what templates call it by."""

    key: str
    name: Promise
    meaning: Promise


TEAMS = (
    Word(
        "stage",
        _("stage"),
        _("One of the five steps on which a team learns to work with volunteers. A team stands in exactly one."),
    ),
    Word(
        "gate",
        _("gate"),
        _(
            "What has to hold before a team may move to the next stage. It is open, closed, or cannot decide. "
            "An open gate moves nobody: people decide."
        ),
    ),
    Word(
        "condition",
        _("condition"),
        _("One line of a gate: the milestones of the stage, or a criterion. It says what is wanted and what there is."),
    ),
    Word(
        "criterion",
        _("criterion"),
        _("A measure that a gate holds against a threshold, such as more than 25 new contributors in a year."),
    ),
    Word("required", _("required"), _("The gate stays closed until the condition is met or waived.")),
    Word("advised", _("advised"), _("Worth reaching, and shown. It never closes the gate.")),
    Word("informational", _("informational"), _("Shown for its number alone. It never closes the gate.")),
    Word(
        "cannot-decide",
        _("cannot decide"),
        _(
            "A number is missing or too old, so nobody can say whether the condition is met. It is no “no”; the row "
            "says what would settle it."
        ),
    ),
    Word(
        "waiver",
        _("waiver"),
        _(
            "A condition set aside for a time, with a reason. One person asks, another grants; it is printed on the "
            "decision."
        ),
    ),
    Word(
        "promotion",
        _("promotion"),
        _(
            "A CBT partner's decision that a team moves to the next stage, after an activator asked for it. It keeps "
            "the numbers that were seen, for ever."
        ),
    ),
    Word(
        "milestone",
        _("milestone"),
        _("Something a team does in its stage. An activator marks it done; for some a CBT partner verifies it."),
    ),
    Word(
        "verified",
        _("verified"),
        _("Somebody other than the one who marked a milestone done has looked and agrees."),
    ),
    Word(
        "refresh-due",
        _("refresh due"),
        _("Done a while ago, and to be looked at again. If nobody says that it is still true, it opens again."),
    ),
    Word(
        "check-in",
        _("check-in"),
        _("A conversation of the team with its CBT partner, noted with its day. About once a month."),
    ),
    Word(
        "risk",
        _("risk"),
        _(
            "Something that may keep the team from going on: with an owner, how likely it is, how bad it would be, "
            "what is done about it, and the day on which it is looked at again."
        ),
    ),
    Word(
        "risk-signal",
        _("risk signal"),
        _(
            "A risk that the numbers hint at, with its evidence: half of the work lies with one person, for instance. "
            "Somebody of the team accepts it as a risk, or dismisses it."
        ),
    ),
    Word(
        "trajectory",
        _("at this pace"),
        _(
            "Where the last eight weekly points lead: the earliest day, and the day at the middle pace. A range and no "
            "promise; it says nothing where there are too few points or no growth."
        ),
    ),
    Word(
        "paused",
        _("paused"),
        _("The team rests: its clocks stand still, and nobody is reminded. An admin pauses it, and ends the pause."),
    ),
    Word(
        "contribution-jump",
        _("contribution jump"),
        _(
            "How much a team has grown since it entered the last stage. Its threshold is proposed from the growth of "
            "the teams in Scaling, and an admin adopts it."
        ),
    ),
    Word(
        "case-study",
        _("case study"),
        _("What other teams can learn from this one: drafted from its own record, edited and published by the team."),
    ),
)

ROLES = (
    Word(
        "activator",
        _("activator"),
        _(
            "Staff of the team who looks after its contributors: ticks milestones, runs pathways and data, asks for "
            "promotions. From the third stage on the title is community manager."
        ),
    ),
    Word(
        "partner",
        _("CBT partner"),
        _(
            "Somebody of the Community Building Team who works with several teams: verifies milestones, grants "
            "waivers, decides on promotions."
        ),
    ),
    Word("viewer", _("viewer"), _("An account that reads a team and changes nothing.")),
    Word(
        "admin",
        _("admin"),
        _("An account that edits the stages and their gates, makes teams, and appoints and closes accounts."),
    ),
    Word(
        "deputy",
        _("deputy"),
        _("Holds a role beside its holder, may do all that the holder may, and is named first while they are away."),
    ),
    Word(
        "hand-over",
        _("hand-over"),
        _(
            "A role that passes to another person, with the risks and pathways that its holder looks after, once that "
            "person accepts. Until then the holder keeps it."
        ),
    ),
    Word(
        "away",
        _("away"),
        _("Days on which somebody is not here. Their teams see it, deputies stand in, and nobody reminds them."),
    ),
    Word(
        "watch",
        _("watch"),
        _(
            "Hear of a team: of decisions, changed gates, comments, high risks. Whoever works with a team watches it, "
            "and may stop; whoever reads one may begin."
        ),
    ),
    Word(
        "reminder",
        _("reminder"),
        _(
            "What a silent team's activator hears after four weeks without a tick or a check-in, and its partner too "
            "after eight. None while the team is paused or the person away."
        ),
    ),
    Word(
        "contributor",
        _("contributor"),
        _("A person with at least one counted contribution. Contributors need no account here."),
    ),
    Word(
        "prospect",
        _("prospect"),
        _("Somebody who was enrolled in a pathway by word and has not contributed yet."),
    ),
    Word(
        "affiliation",
        _("affiliation"),
        _("Whether a person is a volunteer or staff, with dates. It is read on the day of each contribution."),
    ),
    Word(
        "unclassified",
        _("unclassified"),
        _("Nobody has said whether the person is a volunteer or staff. Counted with the volunteers, and shown."),
    ),
    Word("bot", _("bot"), _("A program that contributes. Its contributions are kept, and counted for nobody.")),
    Word(
        "identity",
        _("identity"),
        _(
            "One name, address or account as a source told it. Several may belong to one person; joining and "
            "separating them can be taken back."
        ),
    ),
    Word(
        "steward",
        _("steward"),
        _("Who looks after a pathway and answers its newcomers: an account or a contributor."),
    ),
    Word(
        "mentor",
        _("mentor"),
        _("A contributor with that role, confirmed, who accompanies at least one other: the mentee."),
    ),
)

LEVELS = (
    Word(
        "pathway",
        _("pathway"),
        _("A way by which people come to contribute to a team: its steps, and what makes them casual, active, core."),
    ),
    Word(
        "prototype",
        _("prototype"),
        _("A pathway that is tried out with few people, to learn what has to change before many come."),
    ),
    Word("step", _("step"), _("What a newcomer does first, second, third. Done by contributions, or noted by hand.")),
    Word(
        "iteration",
        _("iteration"),
        _("A recorded change of a pathway: what, why, and what was measured before and after."),
    ),
    Word(
        "funnel",
        _("funnel"),
        _("Where newcomers of the whole organisation find a pathway, such as a page of ways to get involved."),
    ),
    Word(
        "level",
        _("level"),
        _("How much somebody contributes: casual, active or core. The level on a day is the highest one held on it."),
    ),
    Word(
        "conversion-point",
        _("conversion point"),
        _(
            "The rule for a level in a pathway: how many contributions, on how many days, in how many months, within "
            "how long. Of several points any one suffices."
        ),
    ),
    Word("casual", _("casual"), _("The first level. Unless a pathway says otherwise: one contribution in 365 days.")),
    Word(
        "active",
        _("active"),
        _(
            "The middle level. Unless a pathway says otherwise: four contributions on two days within 365. “Active or "
            "above” counts the core too."
        ),
    ),
    Word(
        "core",
        _("core"),
        _(
            "The highest level. Unless a pathway says otherwise: 25 contributions on ten days in three months within "
            "365, or active with a confirmed role in the community."
        ),
    ),
    Word(
        "span",
        _("span"),
        _("The days in a row on which somebody holds a level. All counts of people are made of spans."),
    ),
    Word(
        "conversion",
        _("conversion"),
        _("The first time that somebody reaches a level. One for each person and level, for ever."),
    ),
    Word("lapse", _("lapse"), _("The day on which a level is no longer held, for too little happened in its window.")),
    Word("return", _("return"), _("Reaching a level again after a lapse. It is no second conversion.")),
)

NUMBERS = (
    Word("contribution", _("contribution"), _("A dated act of one person in one pathway, of a kind such as a review.")),
    Word(
        "kind",
        _("kind"),
        _("What sort of contribution it is: a commit, a review, an answer, a translation. An admin says which count."),
    ),
    Word(
        "as-of",
        _("as of"),
        _("The last day that a number counts. For numbers made of contributions: the day to which the data goes."),
    ),
    Word(
        "population",
        _("people counted"),
        _(
            "Whose contributions count: volunteers with those whom nobody has classified, which is the headline; "
            "staff; or everybody."
        ),
    ),
    Word("stock", _("stock"), _("How many there are on a day, such as active contributors. Never added to a flow.")),
    Word("flow", _("flow"), _("How many crossed a border in a window of days, such as conversions to active.")),
    Word("cohort", _("cohort"), _("The people who reached a level within the same ninety days.")),
    Word(
        "maturing",
        _("maturing"),
        _("Some people of the cohort have had fewer than ninety days yet, so its number can still grow."),
    ),
    Word(
        "conversion-rate",
        _("conversion rate"),
        _("Of a cohort who reached one level, the share who reached the next within ninety days of their own day."),
    ),
    Word(
        "retention",
        _("retention"),
        _("Of the people who were active a year before the as-of day, the share who are active on it."),
    ),
    Word("drifting", _("drifting"), _("Still active, but without a contribution for 180 days. The time to ask.")),
    Word(
        "absence-factor",
        _("absence factor"),
        _("The smallest number of people who together made half of a year's contributions. A small one is a risk."),
    ),
)

DATA = (
    Word("source", _("source"), _("One stream of contributions into one pathway: a file, a webhook, a program.")),
    Word(
        "complete-to",
        _("complete to"),
        _("The day up to which a source has told everything. Later days may be missing."),
    ),
    Word("stale", _("stale"), _("The data of a source ends thirty days ago or more, so its numbers decide nothing.")),
    Word(
        "import",
        _("import"),
        _("One file, or one day of a stream, that was read. It can be undone: what it brought then counts nowhere."),
    ),
    Word("duplicate", _("duplicate"), _("A contribution that had come before, maybe by another way. It counts once.")),
    Word(
        "quarantine",
        _("quarantined"),
        _("Kept and not counted, for its day cannot be right: before the source began, or in the future."),
    ),
    Word(
        "unknown-kind",
        _("unknown kind"),
        _("A kind of contribution that nobody has decided on. Kept, and not counted until an admin does."),
    ),
)

#: The page of words, section by section.
GLOSSARY: tuple[tuple[str, Promise, tuple[Word, ...]], ...] = (
    ("teams", _("Teams and their gates"), TEAMS),
    ("roles", _("People"), ROLES),
    ("levels", _("Pathways and levels"), LEVELS),
    ("numbers", _("Numbers"), NUMBERS),
    ("data", _("Data"), DATA),
)

WORDS = {word.key: word for _key, _title, words in GLOSSARY for word in words}
