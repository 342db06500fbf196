"""Log-in, log-out, and the two cookies that every other call must bring."""

import secrets
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes, answer, read_json

from .refusals import refused

if TYPE_CHECKING:
    from .app import SapB1Sandbox

ROOT = "/b1s/v2"
NODE = ".node1"

routes = Routes()


@routes("POST", f"{ROOT}/Login")
def login(sandbox: "SapB1Sandbox", request: Request) -> Response:
    """Each log-in opens one more session, and each session takes a seat until it ends."""
    body = read_json(request)
    if not isinstance(body, dict) or not all(body.get(name) for name in ("CompanyDB", "UserName", "Password")):
        raise refused("login.incomplete")
    if sandbox.busy_left > 0:
        sandbox.busy_left -= 1
        raise refused("login.busy")
    token, company = begin(sandbox, *(str(body[name]) for name in ("CompanyDB", "UserName", "Password")))
    minutes = sandbox.switches.session_minutes
    told = answer({"SessionId": token, "Version": company["version"], "SessionTimeout": minutes})
    told.set_cookie("B1SESSION", token, httponly=True, path=None)
    told.set_cookie("ROUTEID", NODE, path="/b1s")
    return told


def begin(sandbox: "SapB1Sandbox", company_db: str, user: str, password: str) -> tuple[str, Document]:
    """The new session's id, and its company."""
    company = sandbox.store["companies"].get(company_db)
    if company is None:
        raise refused("login.company")
    _check_password(sandbox, user, password)
    token = secrets.token_hex(16)
    session = {"id": token, "company": company["id"], "user": user, "used": sandbox.clock.time()}
    sandbox.store["sessions"].put(token, session)
    return token, company


def cookies(token: str) -> str:
    """As a call carries them."""
    return f"B1SESSION={token}; ROUTEID={NODE}"


def _check_password(sandbox: "SapB1Sandbox", name: str, password: str) -> None:
    """The count of failures stays although the call is refused: it is not the company's, but the server's memory."""
    user = sandbox.users.get(name)
    if user is not None and sandbox.failures[name] >= sandbox.switches.wrong_passwords:
        raise refused("login.locked")
    if user is None or not secrets.compare_digest(user.encode(), password.encode()):
        sandbox.failures[name] += 1
        raise refused("login.credentials")
    sandbox.failures[name] = 0


@routes("POST", f"{ROOT}/Logout")
def logout(sandbox: "SapB1Sandbox", request: Request) -> Response:
    sandbox.store["sessions"].delete(require(sandbox, request)["id"])
    return answer(status=204)


def require(sandbox: "SapB1Sandbox", request: Request) -> Document:
    """The session of a call, which is prolonged by it. Refuses as if it had ended where a cookie is missing."""
    found = sandbox.store["sessions"].get(request.cookies.get("B1SESSION", ""))
    now = sandbox.clock.time()
    if found is None or now - float(found["used"]) >= sandbox.switches.session_minutes * 60:
        raise refused("session.gone")
    if request.cookies.get("ROUTEID") != NODE:
        raise refused("session.no_route")
    return sandbox.store["sessions"].change(found["id"], used=now)
