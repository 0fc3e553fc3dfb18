"""The admin's pages for stages (with a preview of what an edit does to gates), accounts, teams, thresholds, log-ins;
and what it tells admins of decisions that were rewritten."""

from teams.admin import account, seals, second_factor, stage, team, threshold

__all__ = ["account", "seals", "second_factor", "stage", "team", "threshold"]
