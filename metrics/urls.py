"""Addresses of data, imports and explained numbers."""

from django.urls import URLPattern

app_name = "metrics"
urlpatterns: list[URLPattern] = []
