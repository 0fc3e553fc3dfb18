"""Enrolments: people who joined a pathway by word, what they were connected to, and steps completed by hand."""

from datetime import date

from django.utils.translation import gettext as _

from pathways import by_word
from pathways.contributors import log
from pathways.models import Contributor, Enrolment, Pathway, Step
from pathways.rights import not_after_today, running
from pathways.turns import turn
from teams.models import User
from teams.refusals import Conflict, Refused


def enrol(
    contributor: Contributor, *, actor: User, pathway: Pathway, on: date | None = None, opportunity: str = ""
) -> Enrolment:
    """Enrols somebody, from today by default, and connects them to an opportunity if there is one.

    Raises PermissionDenied, Refused (a day that has not come), Busy, and Conflict (with the enrolment) for somebody
    who is enrolled.
    """
    with running(pathway.team, actor) as team:
        there = Enrolment.objects.filter(pathway=pathway, contributor=contributor).first()
        if there is not None:
            raise Conflict(_("%(person)s is enrolled already.") % {"person": contributor}, there)
        made = Enrolment.objects.create(
            pathway=pathway, contributor=contributor, enrolled_on=not_after_today(on), opportunity=opportunity.strip()
        )
        log(contributor, "enrolled", actor=actor, team=team, pathway=pathway.slug)
        return made


def welcome(
    pathway: Pathway, *, actor: User, name: str, email: str = "", on: date | None = None, opportunity: str = ""
) -> Enrolment:
    """Enrols somebody by name and e-mail: who is known by that e-mail is found, anybody else is new.

    Raises as `enrol`, and Refused without a name or an e-mail.
    """
    if not (name.strip() or email.strip()):
        raise Refused(_("Tell a name or an e-mail address."))
    with turn(), running(pathway.team, actor):
        contributor = by_word.meet(by_word.source_of(pathway.team), name=name, email=email).contributor
        return enrol(contributor, actor=actor, pathway=pathway, on=on, opportunity=opportunity)


def connect(enrolment: Enrolment, *, actor: User, opportunity: str) -> Enrolment:
    """Says to which opportunity the person is connected; empty takes it back."""
    with running(enrolment.pathway.team, actor):
        fresh = Enrolment.objects.get(pk=enrolment.pk)
        if fresh.opportunity != opportunity.strip():
            fresh.opportunity = opportunity.strip()
            fresh.save(update_fields=["opportunity"])
        return fresh


def complete_step(enrolment: Enrolment, *, actor: User, step: Step, done: bool = True) -> None:
    """Marks a step that no contribution can complete as done by hand, or takes that back. Twice changes nothing."""
    with running(enrolment.pathway.team, actor):
        if step.pathway_id != enrolment.pathway_id:
            raise Refused(_("This step is not of this pathway."))
        if step.kinds:
            raise Refused(_("Contributions complete this step, not a person's word."))
        if done:
            enrolment.completed_steps.add(step)
        else:
            enrolment.completed_steps.remove(step)
