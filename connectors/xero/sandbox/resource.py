"""Lists, single documents and judged batches: the same five addresses for every kind of document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes

from .answers import Json, envelope, high_volume, invalid, judged, not_found, unreadable
from .books import Books
from .fields import GUID, Fields, UnreadableError, elements
from .filters import filtered, modified_since, paged
from .gate import Call, endpoint
from .refusals import Problem
from .where import Getter, named


class Write(Protocol):
    """One element of a batch, judged."""

    problems: list[Problem]
    warnings: list[Problem]

    def store(self) -> Document: ...
    def echo(self) -> Json: ...


Show = Callable[[Books, Document, int, bool], Json]


@dataclass(frozen=True)
class Resource:
    """`where` are the fields that may be filtered on, `quick` those of them that Xero has an index for;
    `lists` are parameters that name several values, as InvoiceNumbers does."""

    path: str
    key: str
    scope: str
    collection: str
    write: Callable[[Books, Fields, bool, int], Write]
    show: Show
    where: Mapping[str, Getter]
    quick: frozenset[str]
    lists: Mapping[str, str] = field(default_factory=dict)
    narrow: Callable[[Call, list[Document]], list[Document]] = lambda call, found: found
    reports: bool = False
    warns_on_top: bool = False  # where the contract gives an element no Warnings, they stand beside the list
    tells_status: Callable[[Call], bool] = lambda call: True

    @property
    def plural(self) -> str:
        return self.path.strip("/")


def usual_where(key: str) -> dict[str, Getter]:
    """What every document can be found by."""
    return {
        **named("Status"),
        key: lambda document: document["id"],
        "Date": lambda document: document["Date"] + "T00:00:00",
        "UpdatedDateUTC": lambda document: Books.moment(document).isoformat()[:19],
    }


def resource_routes(resource: Resource) -> Routes:
    """Lists, one document, and batches: PUT creates, POST creates or updates."""
    routes, path = Routes(), resource.path

    @endpoint(routes, "GET", path, resource.scope, reports=resource.reports)
    def listed(call: Call) -> Response:
        return _listed(call, resource)

    @endpoint(routes, "GET", f"{path}/<key>", resource.scope, reports=resource.reports)
    def one(call: Call, key: str) -> Response:
        document = call.books.get(resource.collection, key.lower()) if GUID.fullmatch(key) else None
        if document is None:
            raise not_found()
        return _enveloped(call, resource, [resource.show(call.books, document, _places(call), True)])

    @endpoint(routes, "PUT", path, resource.scope, reports=resource.reports)
    def create(call: Call) -> Response:
        return write_batch(call, resource, create=True)

    @endpoint(routes, "POST", path, resource.scope, reports=resource.reports)
    def update(call: Call) -> Response:
        return write_batch(call, resource, create=False)

    @endpoint(routes, "POST", f"{path}/<key>", resource.scope, reports=resource.reports)
    def update_one(call: Call, key: str) -> Response:
        document = call.books.get(resource.collection, key.lower())
        if document is None:
            raise not_found()
        return write_batch(call, resource, create=False, only=document["id"])

    return routes


def _enveloped(call: Call, resource: Resource, shown: list[Json], **more: Any) -> Response:
    return envelope(call.books.now, **more, **{resource.plural: shown})


def _places(call: Call) -> int:
    return 4 if call.request.args.get("unitdp") == "4" else 2


def _listed(call: Call, resource: Resource) -> Response:
    """Without `page` the list is whole, but without lines."""
    args, since, places = call.request.args, modified_since(call.request), _places(call)
    wanted = {field: args[name].split(",") for name, field in resource.lists.items() if args.get(name)}
    every = call.books.find(resource.collection, **wanted)
    found = resource.narrow(call, [one for one in every if int(one["updated"]) >= since])
    found, used = filtered(call.request, found, resource.where)
    if used and not used & resource.quick and len(every) > call.sandbox.switches.high_volume:
        raise high_volume()
    if "page" not in args:
        return _enveloped(call, resource, [resource.show(call.books, one, places, False) for one in found])
    found, pagination = paged(call.request, found)
    shown = [resource.show(call.books, one, places, True) for one in found]
    return _enveloped(call, resource, shown, pagination=pagination)


def write_batch(call: Call, resource: Resource, create: bool, only: str | None = None) -> Response:
    """Each element is judged. Without `summarizeErrors=false` one that fails refuses the call, and whether the
    good ones are kept then is ASSUMED(medium): none is."""
    separate = call.request.args.get("summarizeErrors", "").lower() == "false"
    shown: list[Json] = []
    failed: list[Json] = []
    said: list[str] = []
    try:
        for fields in elements(call.request.get_data(), resource.plural):
            asked = fields if only is None else fields.having(resource.key, only)
            write = resource.write(call.books, asked, create, _places(call))
            said += [problem.id for problem in (*write.problems, *write.warnings)]
            shown.append(_judged(call, resource, write, separate))
            if write.problems:
                failed.append(shown[-1])
    except UnreadableError as error:
        raise unreadable(str(error)) from error
    if failed and not separate:
        raise invalid(failed, said)
    call.books.close()
    above = [told for one in shown for told in one.pop("Warnings", [])] if resource.warns_on_top else []
    return judged(_enveloped(call, resource, shown, **({"Warnings": above} if above else {})), said)


def _judged(call: Call, resource: Resource, write: Write, separate: bool) -> Json:
    if write.problems:
        word, shown = "ERROR", write.echo()
    else:
        word = "WARNING" if write.warnings else "OK"
        shown = resource.show(call.books, write.store(), _places(call), True)
        if write.warnings:
            shown["Warnings"] = [{"Message": warning} for warning in write.warnings]
    told = separate and resource.tells_status(call)
    return shown | ({"StatusAttributeString": word} if told else {})
