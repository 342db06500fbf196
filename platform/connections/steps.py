"""Takes a connection from state to state: the only writer of `Connection.state`, and of its timeline."""

from connections.models import Connection, ConnectionState, ConnectionStep
from connections.states import CONNECTION


class IllegalStep(Exception):
    """The table has no such step. Whoever asked for it looked at the connection too long ago."""


def take(row: Connection, after: ConnectionState, *, why: str, actor: str) -> None:
    """From the state that it is in now, whatever `row` says. `why`: a sentence without names, for it stays for good.

    Inside `acting_for`. Raises IllegalStep. The state that it has already is taken, too: its reason may be another.
    """
    mine = Connection.objects.filter(pk=row.pk)
    before = mine.select_for_update(of=("self",)).values_list("state", flat=True).get()
    if after != before and after not in CONNECTION[before]:
        raise IllegalStep(f"A connection that is {before} cannot become {after}.")
    mine.update(state=after, **({"owners_told_at": None} if after != before else {}))
    row.state = after
    ConnectionStep.objects.create(
        tenant_id=row.tenant_id, connection_id=row.pk, before=before, after=after, why=why, actor=actor
    )
