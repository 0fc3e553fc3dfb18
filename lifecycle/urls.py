"""The addresses of the whole project. Other apps are named by string only."""

from django.contrib import admin
from django.urls import include, path

from lifecycle import health

handler500 = "lifecycle.faults.failed"
urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("lifecycle.account_urls")),
    path("lifecycle/", include("lifecycle.guide_urls")),
    path("", include("teams.urls")),
    path("", include("pathways.urls")),
    path("", include("metrics.urls")),
]
