"""What staff prove themselves with besides their password, and that the set-up is done. Theirs: no tenant's."""

from django.conf import settings
from django.db import models


class SecondFactor(models.Model):
    """A person's authenticator app: its key is made here, and shown once. `last_step`: no code counts twice."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    sealed_key = models.BinaryField(default=b"")
    last_step = models.PositiveBigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Second factor of {self.user}"

    @property
    def place(self) -> str:
        """What the sealed key is bound to: moved to another person's row it does not open."""
        return f"host_secondfactor/key/{self.user_id}"


class RecoveryCode(models.Model):
    """Instead of the app, once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="one_row_a_recovery_code")]

    def __str__(self) -> str:
        return f"Recovery code of {self.user}"


class FirstRun(models.Model):
    """One row, from the moment when all that the first-run page looks at was good."""

    id = models.BooleanField(primary_key=True, default=True, editable=False)
    finished_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Set up on {self.finished_at:%-d %b %Y}"
