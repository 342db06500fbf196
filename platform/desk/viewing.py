"""Who looks at the page: nothing is shown of a kind of row whose list they may not open."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

_viewer: ContextVar[AbstractBaseUser | AnonymousUser | None] = ContextVar("viewer", default=None)


@contextmanager
def viewed_by(person: AbstractBaseUser | AnonymousUser) -> Iterator[None]:
    token = _viewer.set(person)
    try:
        yield
    finally:
        _viewer.reset(token)


def may(permission: str) -> bool:
    """Outside of a page nobody looks, so nobody may."""
    person = _viewer.get()
    return isinstance(person, User) and person.has_perm(permission)


def may_see(label: str) -> bool:
    """`label`: "jobs.run". Who may change a kind of row may see it, as in Django's own pages."""
    app, _, model = label.partition(".")
    return may(f"{app}.view_{model}") or may(f"{app}.change_{model}")
