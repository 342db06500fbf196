from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Work"

    def ready(self) -> None:
        from audit import sealing
        from connections import abandoned
        from jobs import ending_sessions, handlers, keeping_connected, retention, revoking
        from retention.services import tend

        handlers.on_sweep(sealing.tend)
        handlers.on_sweep(tend)
        handlers.on_sweep(abandoned.sweep)
        handlers.on_sweep(revoking.sweep)
        handlers.on_sweep(keeping_connected.sweep)
        handlers.on_sweep(ending_sessions.sweep)
        handlers.register(ending_sessions.KIND, ending_sessions.log_out)
        handlers.register(keeping_connected.KIND, keeping_connected.keep)
        handlers.register(revoking.KIND, revoking.revoke, cancel=revoking.revoke, despite_pause=True)
        retention.register_rules()
