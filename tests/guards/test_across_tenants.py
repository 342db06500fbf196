"""Who looks across the wall between tenants, and what for: a new place stands here first, or this is red.

`CREDENTIALS` are the few look-ups that turn what somebody shows into a tenant. A member's session is none of them: it
says who comes, and each page asks the tenant of its address whether they belong to it (`portal.visits`).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.guards.tree import files, is_test, name_of

WAYS = {"across_tenants", "one_statement_across_tenants"}
THE_ROLE = re.compile(r"causeway_staff|STAFF_ROLE|set (local )?role|set_config\('role", re.IGNORECASE)
OURS = ("platform", "tenants", "connectors")

CREDENTIALS = {
    "platform/api/keys.py: find",
    "platform/connections/flows.py: come_back",
    "platform/connections/links.py: find",
    "platform/portal/signing_in.py: find",
    "platform/portal/signing_in.py: use",
    "platform/webhooks/endpoints.py: Endpoints._find",
    "platform/webhooks/door.py: _vendor",
    "platform/webhooks/strangers.py: Addresses.exists",
}
# Work of the platform that is done for every tenant, one after the other.
FOR_ALL = {
    "platform/audit/management/commands/audit.py: Command.handle",
    "platform/audit/sealing.py: seal",
    "platform/audit/sealing.py: tend",
    "platform/connections/abandoned.py: sweep",
    "platform/connections/disconnecting.py: stands_again",
    "platform/exports/management/commands/restored.py: Command.handle",
    "platform/exports/nights.py: sweep",
    "platform/exports/receipt_files.py: sweep",
    "platform/host/rotation.py: Rotation._batch",
    "platform/host/rotation.py: Rotation.left",
    "platform/host/sealed.py: forget",
    "platform/host/sealed.py: keys_of",
    "platform/host/seeding.py: _seed",
    "platform/installations/upgrading.py: outdated",
    "platform/jobs/agenda.py: Agenda.look",
    "platform/jobs/leases.py: claim",
    "platform/jobs/leases.py: others_wait",
    "platform/jobs/ending_sessions.py: sweep",
    "platform/jobs/keeping_connected.py: sweep",
    "platform/jobs/revoking.py: sweep",
    "platform/jobs/sweep.py: _due",
    "platform/jobs/sweep.py: _ready",
    "platform/leaving/erasing.py: sweep",
    "platform/leaving/people.py: erase_some",
    "platform/leaving/unfinished.py: sweep",
    "platform/notices/mail.py: _refuse_a_flood",
    "platform/notices/mail.py: _room_of",
    "platform/notices/sending.py: _claim",
    "platform/notices/sending.py: _note",
    "platform/notices/sending.py: send_due_aside",
    "platform/notices/warning.py: sweep",
    "platform/portal/newcomers.py: refuse_connected_elsewhere",
    "platform/portal/reconnecting.py: sweep",
    "platform/portal/signing_in.py: _answer_one",
    "platform/retention/services.py: _go_on",
    "platform/webhooks/keeping.py: _keep_in_one_call",
    "platform/webhooks/management/commands/rotate_webhook_secrets.py: Command._follow",
    "platform/webhooks/management/commands/rotate_webhook_secrets.py: Command.handle",
    "platform/webhooks/processing.py: process_pending",
    "platform/webhooks/strangers.py: _write",
}
# People and programs of the partner, who work for every customer; and a member, who chooses among their own.
PEOPLE = {
    "platform/api/views.py: ApiView._wall",
    "platform/connections/admin/certificates.py: Certificates.shown",
    "platform/exports/admin/previews.py: Previewing.previewed",
    "platform/host/connector_command/doctor.py: _connections",
    "platform/host/connector_command/doctor.py: _settings",
    "platform/host/first_run/administrator.py: make",
    "platform/host/logging_in.py: PasswordStep.form_valid",
    "platform/host/logging_in.py: code",
    "platform/host/logging_in.py: set_up",
    "platform/host/management/commands/forget_second_factor.py: Command.handle",
    "platform/installations/admin/configuring.py: Configuring._found",
    "platform/installations/admin/configuring.py: Configuring._page",
    "platform/leaving/admin/customers.py: LeavingCustomerAdmin.everything",
    "platform/host/middleware.py: StaffSeeEveryTenant.__call__",
    "platform/notices/management/commands/trial_mail.py: Command.handle",
    "platform/portal/home.py: tenants",
}
# Never where a stranger can reach it.
DEMO = {
    "platform/host/demo/customers.py: connect",
    "platform/host/demo/customers.py: consent_link",
    "platform/host/demo/customers.py: staff",
    "platform/host/demo/customers.py: wait_until_listening",
    "platform/host/demo/progress.py: open_jobs",
    "platform/host/demo/progress.py: rows",
    "platform/notices/mailbox.py: mailbox",
}


def test_every_place_is_stated() -> None:
    found = {place for path in files(*OURS) for place in uses(path) if not is_test(path)}
    assert found == CREDENTIALS | FOR_ALL | PEOPLE | DEMO


def test_there_is_no_other_way_across() -> None:
    """Under another name, or by becoming the role by hand."""
    for path in files(*OURS):
        text = path.read_text()
        renamed = [
            one
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom)
            for one in node.names
            if one.name in WAYS and one.asname
        ]
        assert not renamed, name_of(path)
        made_there = name_of(path).startswith("platform/database/") or "migrations" in path.parts
        assert made_there or not THE_ROLE.search(text), name_of(path)


def test_a_new_place_is_found(tmp_path: Path) -> None:
    file = tmp_path / "new.py"
    file.write_text("class A:\n    def b(self):\n        with acting.across_tenants('why'):\n            pass\n")
    assert list(uses(file, name="new.py")) == ["new.py: A.b"]


def uses(path: Path, name: str = "") -> Iterator[str]:
    """`file: function` of every call that opens a block across tenants."""

    def walk(node: ast.AST, inside: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            place = (
                f"{inside}.{child.name}".lstrip(".") if isinstance(child, ast.FunctionDef | ast.ClassDef) else inside
            )
            if isinstance(child, ast.Call) and getattr(child.func, "id", getattr(child.func, "attr", "")) in WAYS:
                yield f"{name or name_of(path)}: {inside}"
            yield from walk(child, place)

    yield from walk(ast.parse(path.read_text()), "")
