"""The staff's pages of work; imported by Django's discovery."""

from jobs.admin.customers import SteeredApplicationAdmin, SteeredTenantAdmin
from jobs.admin.runs import RunAdmin, name_of, runs_of, state_of
from jobs.admin.standing import todos_of
from jobs.admin.steering import Steered

__all__ = [
    "RunAdmin",
    "Steered",
    "SteeredApplicationAdmin",
    "SteeredTenantAdmin",
    "name_of",
    "runs_of",
    "state_of",
    "todos_of",
]
