from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LifecycleConfig(AppConfig):
    name = "lifecycle"
    verbose_name = "Lifecycle definitions"

    def ready(self) -> None:
        """Register the job handlers of every app in every process, not only in Celery's."""
        autodiscover_modules("tasks")
