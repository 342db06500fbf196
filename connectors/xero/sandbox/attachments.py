"""Attachments: one file a call, at most ten a document; a name that is there already is overwritten."""

import base64
import hashlib

from werkzeug import Response

from connectors.kit.sandbox import Document, Routes

from .answers import Json, envelope, invalid, messages, not_found, too_large
from .files import content_fits, name_fits
from .gate import ROOT, Call, endpoint
from .refusals import Problem, problem

routes = Routes()
SCOPE = "accounting.attachments"
COLLECTIONS = {
    "Invoices": "bills",
    "CreditNotes": "credit_notes",
    "BankTransactions": "bank_transactions",
    "ManualJournals": "journals",
}


def _listed(call: Call, plural: str, key: str) -> Response:
    found = call.books.find("attachments", document=_document(call, plural, key)["id"])
    return envelope(call.books.now, Attachments=[attachment_json(call, one) for one in found])


def _content(call: Call, plural: str, key: str, name: str) -> Response:
    """By name or by AttachmentID."""
    every = call.books.find("attachments", document=_document(call, plural, key)["id"])
    found = next((one for one in every if name in {one["FileName"], one["id"]}), None)
    if found is None:
        raise not_found()
    kept = call.sandbox.store["files"].get(found["id"])
    assert kept is not None  # noqa: S101 - stored together
    return Response(base64.b64decode(kept["content"]), content_type=found["MimeType"])


def _upload(call: Call, plural: str, key: str, name: str) -> Response:
    document = _document(call, plural, key)
    content = call.request.get_data()
    switches = call.sandbox.switches
    journal = plural == "ManualJournals"
    if len(content) > (switches.journal_attachment_bytes if journal else switches.attachment_bytes):
        raise too_large()
    same = call.books.find("attachments", document=document["id"], FileName=name)
    count = len(call.books.find("attachments", document=document["id"]))
    problems = _problems(name, call.request.mimetype, content)
    if not same and count >= switches.attachments_per_document:
        problems.append(problem("attachment.many", most=switches.attachments_per_document))
    if problems:
        raise invalid([{"ValidationErrors": messages(problems)}], [one.id for one in problems])
    kept = call.books.put(
        "attachments",
        {
            "id": same[0]["id"] if same else call.sandbox.new_id(),
            "document": document["id"],
            "plural": plural,
            "FileName": name,
            "MimeType": call.request.mimetype,
            "ContentLength": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    call.sandbox.store["files"].put(kept["id"], {"id": kept["id"], "content": base64.b64encode(content).decode()})
    call.books.close()
    return envelope(call.books.now, Attachments=[attachment_json(call, kept)])


def _problems(name: str, declared: str, content: bytes) -> list[Problem]:
    if not name_fits(name):
        return [problem("attachment.name_invalid", name=name)]
    if not content:
        return [problem("attachment.empty")]
    return [] if content_fits(name, declared, content) else [problem("attachment.type_unsupported")]


def _document(call: Call, plural: str, key: str) -> Document:
    document = call.books.get(COLLECTIONS[plural], key.lower())
    if document is None:
        raise not_found()
    return document


def attachment_json(call: Call, found: Document) -> Json:
    at = f"{call.sandbox.url}{ROOT}/{found['plural']}/{found['document']}/Attachments/{found['FileName']}"
    shown = {name: found[name] for name in ("FileName", "MimeType", "ContentLength")}
    return {"AttachmentID": found["id"], **shown, "Url": at}


def _at(plural: str) -> None:
    reports = plural == "ManualJournals"
    place = f"/{plural}/<key>/Attachments"

    @endpoint(routes, "GET", place, SCOPE, reports=reports)
    def listed(call: Call, key: str) -> Response:
        return _listed(call, plural, key)

    @endpoint(routes, "GET", f"{place}/<path:name>", SCOPE, reports=reports)
    def content(call: Call, key: str, name: str) -> Response:
        return _content(call, plural, key, name)

    for method in ("PUT", "POST"):

        @endpoint(routes, method, f"{place}/<path:name>", SCOPE, files=True, reports=reports)
        def upload(call: Call, key: str, name: str) -> Response:
            return _upload(call, plural, key, name)


for _plural in COLLECTIONS:
    _at(_plural)
