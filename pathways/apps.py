from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PathwaysConfig(AppConfig):
    name = "pathways"

    def ready(self) -> None:
        """Let the apps above tell who takes part in a team, add to the pages, forget, count, and tell what is held."""
        autodiscover_modules("presence", "panels", "erasure", "reach", "record")
