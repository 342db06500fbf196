"""Every address of the host."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("", include("notices.urls")),
    path("", include("portal.urls")),
    path("", include("leaving.urls")),
]

handler400 = "host.errors.bad_request"
handler500 = "host.errors.server_error"
