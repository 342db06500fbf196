from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "Notices"

    def ready(self) -> None:
        from jobs import handlers
        from notices import certificates, expiring, idle_access, own_servers, retention, sending, warning

        handlers.on_sweep(sending.send_due_aside)
        handlers.on_sweep(warning.sweep)
        handlers.register(warning.KIND, warning.warn)
        expiring.register(idle_access.find)
        expiring.register(certificates.find)
        expiring.register(own_servers.find)
        retention.register_rules()
