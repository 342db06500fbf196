from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HostConfig(AppConfig):
    name = "host"
    verbose_name = "Host"

    def ready(self) -> None:
        from host import retention, ticking

        ticking.connect()
        retention.register_rules()


class CausewayAdminConfig(AdminConfig):
    default_site = "host.admin_site.CausewayAdminSite"
