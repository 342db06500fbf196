from django.apps import AppConfig


class InstallationsConfig(AppConfig):
    name = "installations"
    verbose_name = "Installations"

    def ready(self) -> None:
        from installations import activation, checks
        from jobs import handlers

        del checks  # registers itself
        handlers.register(activation.KIND, activation.activate)
