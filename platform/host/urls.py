"""Every address of the host."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]

handler500 = "portal.errors.server_error"
