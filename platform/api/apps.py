from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from api import expiring, retention
        from notices.expiring import register

        register(expiring.find)
        retention.register_rules()
