"""What a new consent means: for the connection it was given for, and for those that stand on the same authorisation.

A token may see several companies. While others stand on the authorisation, a new consent is kept apart from it until
its companies are known: a wrong sign-in costs nobody else anything. Call inside `acting_for`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from audit import services as audit
from connections import steps, tokens
from connections.models import Authorisation, Certificate, Connection, ConnectionState, ConnectLink, Revocation
from connections.services import choose_company
from connectors.kit.errors import Reconnect
from connectors.kit.flows import TokenSet
from connectors.kit.records import Company

IN_NEED = {ConnectionState.NEEDS_RECONNECT, ConnectionState.AUTHORISED}


def locked(connection_id: UUID) -> Connection:
    """The connection, with its authorisation locked before it: a refresh locks in that order."""
    held = Authorisation.objects.select_for_update(of=("self",), no_key=True)
    list(held.filter(connections=connection_id))
    rows = Connection.objects.select_for_update(of=("self",))
    return rows.select_related("application", "authorisation").get(pk=connection_id)


def take(
    connection_id: UUID, gained: TokenSet, *, actor: str, certificate_expires_at: datetime | None = None
) -> None:
    """The customer came back with tokens: the connection is authorised, and waits for its company."""
    row = locked(connection_id)
    held: Authorisation | None = row.authorisation
    if held is None or held.connections.exclude(pk=row.pk).exists():
        held = Authorisation(tenant_id=row.tenant_id, application=row.application, replaces=held)
    held.flow, held.account, held.private_host_id = row.flow, row.account, row.private_host_id
    held.authorised_at, held.certificate_expires_at = timezone.now(), certificate_expires_at
    held.save()
    tokens.store(held, gained)
    _stand_on(held, row)
    steps.take(row, ConnectionState.AUTHORISED, why="The customer signed in.", actor=actor)
    audit.record("connection.authorised", row, actor=actor, tenant_id=row.tenant_id)


def join(row: Connection, company: Company, *, actor: str) -> Connection:
    """One company is one connection: if the tenant has one for it, a new one gives way and lends its authorisation
    to the old one, should that be in need of it. Returns the connection that stays; `row` is locked.
    """
    same = Connection.objects.filter(application=row.application_id, company_id=company.id).exclude(pk=row.pk)
    known = same.select_related("application").order_by("created_at").first() if not row.company_id else None
    if known is None:
        return row
    held: Authorisation = row.authorisation
    ConnectLink.objects.filter(source_connection=row).update(source_connection=known)
    ConnectLink.objects.filter(target_connection=row).update(target_connection=known)
    if not known.is_usable:
        Certificate.objects.filter(connection=known).delete()
        Certificate.objects.filter(connection=row).update(connection=known)
    row.delete()
    if not known.is_usable:
        if held.replaces_id is None and not held.connections.exists():
            held.replaces_id = known.authorisation_id
            held.save(update_fields=["replaces"])
        _stand_on(held, known)
        steps.take(known, ConnectionState.AUTHORISED, why="The customer signed in for this company.", actor=actor)
    elif not held.connections.exists() and not Revocation.objects.filter(authorisation=held).exists():
        held.delete()
    return known


def settle(connection_id: UUID, offered: Iterable[Company], *, actor: str) -> None:
    """The companies that a consent sees are known: every connection that was tied to it and is in need either stands
    on it from now on, or is told that it does not see its company. What works meanwhile goes on working.
    """
    row = locked(connection_id)
    new: Authorisation = row.authorisation
    old = _locked(new.replaces_id)
    companies = {company.id: company for company in offered}
    tied = _tied(new, old)
    seen = [one for one in tied if one.company_id in companies]
    held = _kept(new, old, whole=len(seen) == len(tied)) if seen else _given_back(new, old)
    if seen:
        held.companies_seen = len(companies)
        held.save(update_fields=["companies_seen"])
    for one in tied:
        one.refresh_from_db(fields=["authorisation", "authorised_at"])
        if one.company_id not in companies:
            _leave(one, old or new, asked=one.pk == row.pk, actor=actor)
        elif one.state in IN_NEED:
            _stand_on(held, one)
            choose_company(one, companies[one.company_id], actor=actor)


def _locked(pk: UUID | None) -> Authorisation | None:
    return Authorisation.objects.select_for_update(no_key=True).get(pk=pk) if pk else None


def _tied(new: Authorisation, old: Authorisation | None) -> list[Connection]:
    rows = Connection.objects.select_for_update(of=("self",)).select_related("application")
    return list(rows.filter(authorisation__in=[new, old] if old else [new]).exclude(company_id="").order_by("pk"))


def _kept(new: Authorisation, old: Authorisation | None, *, whole: bool) -> Authorisation:
    """Where it sees everything that the old one was used for, the old row goes on with the new tokens."""
    if old is None:
        return new
    if not whole:
        new.replaces = None
        new.save(update_fields=["replaces"])
        return new
    tokens.store(old, tokens.stored(new))
    old.flow, old.account, old.private_host_id = new.flow, new.account, new.private_host_id
    old.authorised_at, old.certificate_expires_at = new.authorised_at, new.certificate_expires_at
    old.save(update_fields=["flow", "account", "private_host", "authorised_at", "certificate_expires_at"])
    Connection.objects.filter(authorisation__in=[new, old]).update(**_ground(old))
    give_way(new, old)
    return old


def _given_back(new: Authorisation, old: Authorisation | None) -> Authorisation:
    """It sees nothing that it was given for: the tokens are dropped."""
    if old is None:
        tokens.drop(new)
        return new
    Connection.objects.filter(authorisation=new).update(**_ground(old))
    give_way(new, old)
    return old


def give_way(new: Authorisation, old: Authorisation) -> None:
    """What is still to be ended at the vendor for one that stood on it is ended by the other's tokens."""
    Revocation.objects.filter(authorisation=new).update(authorisation=old)
    new.delete()


def _stand_on(held: Authorisation, one: Connection) -> None:
    for name, value in (ground := _ground(held)).items():
        setattr(one, name, value)
    one.save(update_fields=ground)


def _ground(held: Authorisation) -> dict[str, Any]:
    """What a connection has of the authorisation that it stands on: its tokens are good at that server only."""
    return {"authorisation": held, "authorised_at": held.authorised_at, "private_host": held.private_host}


def _leave(one: Connection, held: Authorisation, *, asked: bool, actor: str) -> None:
    """`asked`: it was to be connected by this very consent."""
    if one.state not in IN_NEED and not asked:
        return
    _stand_on(held, one)
    tokens.needs_reconnect(one, Reconnect("The newest sign-in does not see this company."))
    if asked:
        audit.record("connection.other_company", one, actor=actor, tenant_id=one.tenant_id)
