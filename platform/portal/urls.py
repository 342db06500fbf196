"""The customer's pages and the way back from vendors."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
