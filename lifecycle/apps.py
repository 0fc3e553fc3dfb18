from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import autodiscover_modules


class LifecycleConfig(AppConfig):
    name = "lifecycle"
    verbose_name = "Lifecycle definitions"

    def ready(self) -> None:
        """Register the job handlers of every app in every process, not only in Celery's."""
        autodiscover_modules("tasks")


class OurAdminConfig(AdminConfig):
    default_site = "lifecycle.admin_site.Site"
