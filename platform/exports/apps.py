from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = "Exports"

    def ready(self) -> None:
        from exports import handler, noticing, polling
        from jobs import handlers

        handlers.register(noticing.KIND, handler.export)
        handlers.register(polling.KIND, polling.poll)
