from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Work"

    def ready(self) -> None:
        from jobs import handlers
        from retention import services as retention

        handlers.on_sweep(retention.tend)
