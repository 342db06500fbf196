"""What a member may do for their role. Every page of the portal names the right that it needs."""

from enum import StrEnum

from tenants.models import Role


class Right(StrEnum):
    SEE = "see"
    WORK = "work"  # retry, hold, preview
    MEMBERS = "members"
    CONNECT = "connect"  # and disconnect


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.SEE}),
    Role.BOOKKEEPER: frozenset({Right.SEE, Right.WORK}),
    Role.OWNER: frozenset(Right),
}


def may(role: Role, right: Right) -> bool:
    return right in RIGHTS[role]
