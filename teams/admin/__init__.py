"""The admin's pages for stages (with a preview of what an edit does to gates), accounts, teams, thresholds, log-ins."""

from teams.admin import account, second_factor, stage, team, threshold

__all__ = ["account", "second_factor", "stage", "team", "threshold"]
