from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        """Register our own tables, and let the apps above tell what a team has changed, theirs, what passes on with
        a role, and what numbers are counted by.
        """
        for own in ("tables.dashboard", "tables.pictures", "tables.record", "case_studies.tables"):
            import_module(f"teams.{own}")
        autodiscover_modules("lessons", "tables", "handing_over", "in_force")
