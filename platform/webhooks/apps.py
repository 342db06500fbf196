from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        from exports import noticing
        from jobs import handlers
        from webhooks import checking, processing, retention, silence, subscriptions

        handlers.register(subscriptions.KIND, checking.subscribe)
        handlers.on_sweep(processing.process_pending)
        noticing.on_missed(silence.missed)
        retention.register_rules()
