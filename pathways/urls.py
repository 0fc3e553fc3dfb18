"""Addresses of pathways and contributors."""

from django.urls import URLPattern

app_name = "pathways"
urlpatterns: list[URLPattern] = []
