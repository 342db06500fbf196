"""Business partners: made with a code of the caller's, changed property by property."""

from werkzeug import Response

from connectors.kit.sandbox import Routes, answer

from . import shape
from .gate import Call, endpoint
from .reading import by_key, shown
from .refusals import refused
from .sets import SETS

TABLE = "OCRD"

routes = Routes()


@endpoint(routes, "POST", "/BusinessPartners", "BusinessPartners")
def create(call: Call) -> Response:
    books = call.books
    body = shape.read("BusinessPartner", call.body(), books.user_fields(TABLE))
    for name in ("CardCode", "CardName"):
        if not body.get(name):
            raise refused("property.missing", name=name, table=TABLE)
    if books.get("BusinessPartners", body["CardCode"]):
        raise refused("partner.code_taken", code=body["CardCode"])
    if body.get("Currency", "##") != "##":
        books.named("Currencies", body["Currency"])
    usual = {"CardType": "cCustomer", "Currency": books.facts["currency"], "Frozen": "tNO", "Valid": "tYES"}
    made = books.put("BusinessPartners", {**usual, **body})
    call.sandbox.writes += 1
    content = {"@odata.context": "$metadata#BusinessPartners/$entity", **shown(SETS["BusinessPartners"], made)}
    return answer(content, 201, {"Location": f"/b1s/v2/BusinessPartners('{made['CardCode']}')"})


@endpoint(routes, "PATCH", "/BusinessPartners(<key>)", "BusinessPartners")
def change(call: Call, key: str) -> Response:
    partner = by_key(call, SETS["BusinessPartners"], key)
    body = shape.read("BusinessPartner", call.body(), call.books.user_fields(TABLE))
    if body.pop("CardCode", partner["CardCode"]) != partner["CardCode"]:
        raise refused("property.read_only")
    call.books.put("BusinessPartners", {**partner, **body, "_version": partner.get("_version", 1) + 1})
    call.sandbox.writes += 1
    return answer(status=204)
