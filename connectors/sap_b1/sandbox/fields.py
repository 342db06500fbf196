"""User fields: made once by an administrator. A slow change of the tables, which may need a restart to be seen."""

from werkzeug import Response

from connectors.kit.sandbox import Routes, answer

from . import shape
from .gate import Call, endpoint
from .refusals import refused
from .sets import SETS

routes = Routes()


@endpoint(routes, "POST", "/UserFieldsMD", "UserFieldsMD")
def create(call: Call) -> Response:
    books = call.books
    body = shape.read("UserFieldMD", call.body())
    for name in ("Name", "TableName", "Description"):
        if not body.get(name):
            raise refused("property.missing", name=name, table="CUFD")
    if body["TableName"] not in {one.table for one in SETS.values() if one.table}:
        raise refused("reference.unknown")
    if books.all("UserFieldsMD", TableName=body["TableName"], Name=body["Name"]):
        raise refused("field.exists")
    number = max((int(one["FieldID"]) for one in books.all("UserFieldsMD")), default=-1) + 1
    usual = {"Type": "db_Alpha", "SubType": "st_None", "Mandatory": "tNO"}
    live = not call.sandbox.switches.fields_need_restart
    made = books.put("UserFieldsMD", {**usual, **body, "FieldID": number, "_live": live})
    call.sandbox.writes += 1
    return answer({name: value for name, value in made.items() if not name.startswith("_")}, 201)
