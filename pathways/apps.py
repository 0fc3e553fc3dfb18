from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PathwaysConfig(AppConfig):
    name = "pathways"

    def ready(self) -> None:
        """Let the apps above tell who takes part in a team, add to a pathway's page, forget, and count."""
        autodiscover_modules("presence", "panels", "erasure", "reach")
