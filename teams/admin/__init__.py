"""The admin's pages for stages (with a preview of what an edit does to gates), accounts, teams and memberships."""

from teams.admin import account, stage, team

__all__ = ["account", "stage", "team"]
