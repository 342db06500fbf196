from django.apps import AppConfig


class InstallationsConfig(AppConfig):
    name = "installations"
    verbose_name = "Installations"

    def ready(self) -> None:
        from installations import activation
        from jobs import handlers

        handlers.register(activation.KIND, activation.activate)
