"""What the OpenAPI file tells of, at the addresses at which it is."""

from django.urls import include, path

urlpatterns = [path("api/v1/", include("api.v1.urls"))]
