from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Work"

    def ready(self) -> None:
        from audit import sealing
        from connections import abandoned
        from jobs import handlers, retention
        from retention.services import tend

        handlers.on_sweep(sealing.tend)
        handlers.on_sweep(tend)
        handlers.on_sweep(abandoned.sweep)
        retention.register_rules()
