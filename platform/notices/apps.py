from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "Notices"

    def ready(self) -> None:
        from jobs import handlers
        from notices import retention, sending

        handlers.on_sweep(sending.send_due_aside)
        retention.register_rules()
