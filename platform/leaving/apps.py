from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "leaving"
    verbose_name = "Leaving"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from jobs import handlers
        from leaving import erasing, unfinished
        from portal import visits
        from tenants.roles import Right

        handlers.on_sweep(unfinished.sweep)
        handlers.on_sweep(erasing.sweep)
        visits.PAGES.append(("portal-data", _("Your data"), Right.MEMBERS))
