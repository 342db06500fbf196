"""The versions of the API."""

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from api.errors import not_found

urlpatterns = [path("v1/", include("api.v1.urls")), re_path("", csrf_exempt(not_found))]
