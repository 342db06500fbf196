from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks


class HostConfig(AppConfig):
    name = "host"
    verbose_name = "Host"

    def ready(self) -> None:
        from host import retention, starting, ticking

        ticking.connect()
        retention.register_rules()
        checks.register(starting.every_connector_can_be_used)


class CausewayAdminConfig(AdminConfig):
    default_site = "host.admin_site.CausewayAdminSite"
