from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        """Let the apps above tell what passes on with a role."""
        autodiscover_modules("handing_over")
