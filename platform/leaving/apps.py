from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "leaving"
    verbose_name = "Leaving"

    def ready(self) -> None:
        from jobs import handlers
        from leaving import erasing

        handlers.on_sweep(erasing.sweep)
