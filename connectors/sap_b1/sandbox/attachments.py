"""Attachments2: files in a folder that all documents share. Parts named `files`, no quotes around the boundary."""

from base64 import b64encode

from werkzeug import Request, Response
from werkzeug.datastructures import FileStorage

from connectors.kit.sandbox import Routes, answer

from .gate import Call, endpoint
from .reading import by_key, shown
from .refusals import refused
from .sets import SETS
from .shape import Json

EXTENSIONS = frozenset({"pdf", "doc", "docx", "jpg", "jpeg", "png", "txt", "xls", "ppt"})

routes = Routes()


@endpoint(routes, "POST", "/Attachments2", "Attachments2")
def upload(call: Call) -> Response:
    lines = _lines(call, first=1)
    made = call.books.add("Attachments2", {"Attachments2_Lines": lines})
    content = {"@odata.context": "$metadata#Attachments2/$entity", **shown(SETS["Attachments2"], made)}
    return answer(content, 201, {"Location": f"/b1s/v2/Attachments2({made['AbsoluteEntry']})"})


@endpoint(routes, "PATCH", "/Attachments2(<key>)", "Attachments2")
def append(call: Call, key: str) -> Response:
    made = by_key(call, SETS["Attachments2"], key)
    lines = made["Attachments2_Lines"]
    call.books.put("Attachments2", {**made, "Attachments2_Lines": lines + _lines(call, first=len(lines) + 1)})
    call.sandbox.writes += 1
    return answer(status=204)


@endpoint(routes, "DELETE", "/Attachments2(<key>)", "Attachments2")
def delete(call: Call, key: str) -> Response:
    by_key(call, SETS["Attachments2"], key)
    raise refused("attachment.undeletable")


def _lines(call: Call, first: int) -> list[Json]:
    if call.sandbox.switches.no_attachment_folder:
        raise refused("attachment.folder")
    _check_boundary(call.request)
    with call.request as request:  # closes the files
        parts = [(field, file) for field, files in request.files.lists() for file in files]
        if not parts or request.form or any(field != "files" for field, _ in parts):
            raise refused("attachment.parts")
        made = [_line(call, file, place) for place, (_, file) in enumerate(parts, first)]
    if len({(line["FileName"], line["FileExtension"]) for line in made}) < len(made):
        raise refused("attachment.name_taken", name=made[0]["FileName"])
    return made


def _check_boundary(request: Request) -> None:
    if request.mimetype != "multipart/form-data" or '"' in request.content_type:
        raise refused("attachment.boundary")


def _line(call: Call, file: FileStorage, place: int) -> Json:
    name, _, extension = (file.filename or "").rpartition(".")
    if not name or extension.lower() not in EXTENSIONS:
        raise refused("attachment.extension", name=file.filename or "")
    taken = [line for one in call.books.all("Attachments2") for line in one["Attachments2_Lines"]]
    if any((line["FileName"], line["FileExtension"]) == (name, extension) for line in taken):
        raise refused("attachment.name_taken", name=file.filename)
    body = file.read()
    day = call.sandbox.clock.now().date().isoformat()
    return {
        "LineNum": place,
        "FileName": name,
        "FileExtension": extension,
        "AttachmentDate": f"{day}T00:00:00Z",
        "_content": b64encode(body).decode(),
    }
