from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        from jobs import handlers
        from webhooks import checking, processing, retention, subscriptions

        handlers.register(subscriptions.KIND, checking.subscribe)
        handlers.on_sweep(processing.process_pending)
        retention.register_rules()
