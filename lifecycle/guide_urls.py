"""Addresses of the guide to the lifecycle."""

from django.urls import URLPattern

app_name = "guide"
urlpatterns: list[URLPattern] = []
