"""The admin's pages for stages (with a preview of what an edit does to gates), accounts, teams, adopted thresholds."""

from teams.admin import account, stage, team, threshold

__all__ = ["account", "stage", "team", "threshold"]
