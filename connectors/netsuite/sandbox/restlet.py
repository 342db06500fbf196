"""The RESTlet that puts a receipt into the File Cabinet and attaches it, where a customer has installed it."""

import base64
import binascii
import json

from werkzeug import Response

from connectors.kit.sandbox import Refused, Routes, answer

from .gate import Call, endpoint

routes = Routes()
PATH = "/app/site/hosting/restlet.nl"
SCRIPT, DEPLOYMENT = "customscript_causeway_receipt", "customdeploy_causeway_receipt"
LARGEST = 10 * 1024 * 1024  # of one string


@endpoint(routes, "GET", PATH, scope="restlets")
def version(call: Call) -> Response:
    _find(call)
    return answer({"version": 1})


@endpoint(routes, "POST", PATH, scope="restlets")
def attach(call: Call) -> Response:
    """{"record", "id", "name", "contents"}: contents in Base64; a file of the same name is replaced."""
    _find(call)
    if "LIST_FILECABINET" in call.sandbox.switches.lacks:
        raise failure("INSUFFICIENT_PERMISSION", "You do not have permission to access the File Cabinet.")
    body = call.body()
    if len(str(body.get("contents"))) > LARGEST:
        raise failure("SSS_FILE_CONTENT_SIZE_EXCEEDED", "The file content is too large.")
    try:
        _, record = call.sandbox.ledger.find(str(body.get("id")))
        content = base64.b64decode(str(body["contents"]), validate=True)
        name = str(body["name"])
    except (KeyError, binascii.Error):
        raise script_failure("RCRD_DSNT_EXIST", "That record does not exist.") from None
    key = f"{record['id']}/{name}"
    call.sandbox.store["files"].put(
        key, {"id": key, "document": record["id"], "name": name, "content": body["contents"]}
    )
    return answer({"file": key, "bytes": len(content)})


def _find(call: Call) -> None:
    asked = (call.request.args.get("script"), call.request.args.get("deploy"))
    if asked != (SCRIPT, DEPLOYMENT):
        raise failure("INVALID_FLD_VALUE", "That RESTlet does not exist.")


def failure(code: str, message: str) -> Refused:
    return Refused(answer({"error": {"code": code, "message": message}}, 400))


def script_failure(name: str, message: str) -> Refused:
    """An error of a script: its message is JSON by itself."""
    inner = {"type": "error.SuiteScriptError", "name": name, "message": message, "stack": []}
    return Refused(answer({"error": {"code": "USER_ERROR", "message": json.dumps(inner)}}, 400))
