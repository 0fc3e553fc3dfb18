"""The jobs of this app: each handler names its verb and nothing else."""

from django.db import connection

from lifecycle import jobs
from pathways import joining, likenesses, turns
from teams.models import Team


@jobs.handles("likeness")
def look_for_likenesses(run: jobs.Run) -> None:
    """Key: the team's id. Asked for after an import that met somebody new, and by hand."""
    team = Team.objects.filter(pk=int(run.key)).first()
    if team is not None:
        likenesses.find(team)


@jobs.handles("join")
def join_by_keys(run: jobs.Run) -> None:
    """Key: the migration after which the keys join more than before."""
    with connection.cursor() as cursor:
        turns.take_turns(cursor)
        joining.join_known(cursor)
