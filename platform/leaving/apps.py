from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "leaving"
    verbose_name = "Leaving"

    def ready(self) -> None:
        from jobs import handlers
        from leaving import erasing, unfinished

        handlers.on_sweep(unfinished.sweep)
        handlers.on_sweep(erasing.sweep)
