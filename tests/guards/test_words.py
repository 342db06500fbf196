"""What the core never says, and the one way out to vendors."""

import re
import subprocess
import sys

from connectors import registry
from tests.guards.tree import ROOT, files, imports, is_test, name_of

CORE = ("platform", "tenants", "templates")
WELL_KNOWN = {"pleo", "xero", "netsuite", "sap b1", "sap_b1", "sap"}
READABLE = {".py", ".html", ".txt", ".js", ".css", ".json", ".svg", ".md", ".po"}

SPEAKS_HTTP = re.compile(r"(requests|httpx|aiohttp|urllib3|http\.client|urllib\.request)(\.|$)")
THE_SEAM = {
    "connectors/kit/http.py",
    "connectors/kit/unanswered.py",
    "connectors/kit/looking.py",
    "connectors/kit/downloads.py",  # receipts, by the same session
    "connectors/kit/egress.py",
    "platform/connections/oauth.py",  # token endpoints: the same protected session
    "platform/connections/assertions.py",
    "platform/connections/sessions.py",
}
# People's browsers, the vendors' side and the wire between: they never speak for the product.
NOT_THE_PRODUCT = ("sandbox", "testing", "demo")


def vendors() -> re.Pattern[str]:
    """A word begins where a letter begins after none: so `xero_id` counts, and `sapling` does not."""
    names = WELL_KNOWN | {word.lower() for key, each in registry.installed().items() for word in (key, each.name)}
    together = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![a-z])({together})(?![a-z])", re.IGNORECASE)


def test_the_core_never_says_a_vendors_name() -> None:
    said, names = [], vendors()
    for path in files(*CORE, suffix=""):
        if path.suffix in READABLE and path.is_file():
            said += [
                f"{name_of(path)}:{number}: {line.strip()}"
                for number, line in enumerate(path.read_text().splitlines(), 1)
                if names.search(line)
            ]
        if names.search(path.relative_to(ROOT).as_posix()):
            said.append(name_of(path))
    assert not said, "\n".join(said)


def test_vendors_are_called_through_the_kits_seam_only() -> None:
    ways_out = [
        name_of(path)
        for path in files("platform", "connectors", "tenants")
        if not is_test(path)
        and not set(NOT_THE_PRODUCT) & set(path.parts)
        and any(SPEAKS_HTTP.match(name) for name in imports(path))
    ]
    assert set(ways_out) <= THE_SEAM


def test_connectors_load_where_there_is_no_django() -> None:
    """The same code runs inside a customer's network."""
    load = "import sys; sys.modules['django'] = None; from connectors import registry; print(*registry.installed())"
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True, check=False, timeout=60)

    assert done.stdout.split() == list(registry.installed()), done.stderr
