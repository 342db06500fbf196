from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = "Exports"

    def ready(self) -> None:
        from exports import (
            attaching_later,
            cancelling,
            exporting_again,
            handler,
            nights,
            noticing,
            polling,
            receipt_files,
            receipts,
            reconciling,
        )
        from exports import retention as exchanges
        from jobs import handlers, retention

        handlers.register(noticing.KIND, handler.export, cancel=cancelling.cancel)
        handlers.register(polling.KIND, polling.poll)
        handlers.register(receipts.KIND, attaching_later.attach_later, cancel=attaching_later.stop_attaching)
        handlers.register(exporting_again.KIND, exporting_again.export_again)
        handlers.register(reconciling.KIND, reconciling.reconcile)
        handlers.on_sweep(receipt_files.sweep)
        handlers.on_sweep(nights.sweep)
        retention.runs_stay(noticing.KIND)
        exchanges.register_rules()
