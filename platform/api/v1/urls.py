"""Every address of version 1. An address stays where it is; what breaks callers is another version."""

from django.urls import path

from api.schema import OpenApiFile
from api.v1 import accounts, customers, leavings, ledger, people

urlpatterns = [
    path("openapi.yaml", OpenApiFile.as_view(), name="api-openapi"),
    path("key", customers.TheKey.as_view(), name="api-key"),
    path("tenants", customers.Tenants.as_view(), name="api-tenants"),
    path("tenants/<uuid:pk>", customers.OneTenant.as_view(), name="api-tenant"),
    path("tenants/<uuid:tenant>/leaving", leavings.OneLeaving.as_view(), name="api-leaving"),
    path("tenants/<uuid:tenant>/everything.zip", leavings.Everything.as_view(), name="api-everything"),
    path("tenants/<uuid:tenant>/members", people.Members.as_view(), name="api-members"),
    path("members/<uuid:pk>", people.OneMember.as_view(), name="api-member"),
    path("tenants/<uuid:tenant>/connect-links", customers.Links.as_view(), name="api-links"),
    path("connect-links/<uuid:pk>", customers.OneLink.as_view(), name="api-link"),
    path("applications", accounts.Applications.as_view(), name="api-applications"),
    path("connections", accounts.Connections.as_view(), name="api-connections"),
    path("connections/<uuid:pk>", accounts.OneConnection.as_view(), name="api-connection"),
    path("connections/<uuid:pk>/disconnect", accounts.Disconnect.as_view(), name="api-disconnect"),
    path("installations", accounts.Installations.as_view(), name="api-installations"),
    path("installations/<uuid:pk>", accounts.OneInstallation.as_view(), name="api-installation"),
    path("export-jobs", ledger.ExportJobs.as_view(), name="api-export-jobs"),
    path("export-jobs/<uuid:pk>", ledger.OneExportJob.as_view(), name="api-export-job"),
    path("export-jobs/<uuid:job>/records", ledger.Records.as_view(), name="api-records"),
    path("export-jobs/<uuid:job>/postings", ledger.Postings.as_view(), name="api-postings"),
    path("records/<uuid:pk>", ledger.OneRecord.as_view(), name="api-record"),
    path("postings/<uuid:pk>", ledger.OnePosting.as_view(), name="api-posting"),
    path("incidents", ledger.Incidents.as_view(), name="api-incidents"),
    path("incidents/<uuid:pk>", ledger.OneIncident.as_view(), name="api-incident"),
]
