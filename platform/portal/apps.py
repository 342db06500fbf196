from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        from jobs import handlers
        from portal import reconnecting, retention, signing_in

        handlers.on_sweep(signing_in.sweep)
        handlers.on_sweep(reconnecting.sweep)
        retention.register_rules()
