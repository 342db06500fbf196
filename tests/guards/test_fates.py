"""What becomes of a customer's rows when it leaves is said for every kind of row, in leaving.fates."""

from django.apps import apps

from leaving.fates import FATES, Fate, pointed_at
from tests.guards.test_walls import tenant_models


def test_every_kind_of_row_of_a_tenant_has_its_line() -> None:
    """A new model, and one that points to such a model, says there what becomes of it."""
    theirs = {model._meta.label_lower for model in tenant_models()} | {"tenants.tenant"}
    below = {model._meta.label_lower for model in apps.get_models() if theirs & set(pointed_at(model))}
    assert set(FATES) == theirs | below


def test_every_line_says_why_and_what_is_kept_for_how_long() -> None:
    assert all(line.why and bool(line.kept_for) == (line.fate == Fate.KEPT) for line in FATES.values())
