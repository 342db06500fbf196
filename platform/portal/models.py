"""How members come in: links that were asked for, and the sessions that began with one. Neither is a tenant's."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignInLink(models.Model):
    """Somebody asked for a link to this address. A worker finds whose it is and mails the link, or removes the row.

    Its token is kept as a hash only; it is used once, and dies with the next one.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = models.EmailField(max_length=254)
    asked_at = models.DateTimeField(db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="one_link_a_token"),
        ]

    def __str__(self) -> str:
        return f"A sign-in that was asked for at {self.asked_at:%Y-%m-%d %H:%M}"


class MemberSession(models.Model):
    """A browser in which a member is signed in. Staff sign in elsewhere, and their sessions are Django's."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    began_at = models.DateTimeField(db_index=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Session of {self.person}"
