"""What leaving adds to the customer's pages."""

from django.urls import path

from leaving import views

urlpatterns = [
    path("t/<uuid:tenant>/data/", views.data, name="portal-data"),
    path("t/<uuid:tenant>/data/everything.zip", views.everything, name="portal-everything"),
]
