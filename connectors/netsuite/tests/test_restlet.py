"""The RESTlet that customers install: what can be told of it without a NetSuite. No account has run it."""

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from connectors.netsuite import shapes
from connectors.netsuite.receipts import TYPES
from connectors.netsuite.sandbox.restlet import DEPLOYMENT, SCRIPT

SOURCE = Path(__file__).resolve().parents[1] / "suitescript/src"
SCRIPT_FILE = SOURCE / "FileCabinet/SuiteScripts/causeway/causeway_receipt.js"
#: Its modules as they are named there; what they are called with comes back.
STAND_IN = """
const said = {};
const types = new Proxy({}, {get: (_, name) => String(name)});
const modules = {
  'N/encode': {Encoding: types, convert: (asked) => Buffer.from(asked.string, 'base64').toString()},
  'N/file': {Type: types, create: (asked) => { said.made = asked; return {save: () => 77}; }},
  'N/record': {Type: types, attach: (asked) => { said.attached = asked; }},
  'N/search': {Type: types, create: () => ({run: () => ({getRange: () => [{id: '5'}]})})},
};
let script;
globalThis.define = (names, make) => { script = make(...names.map((name) => modules[name])); };
require(process.argv[1]);
const answer = script.post({record: 'vendorBill', id: '8731', name: 'cw-bill-1-1.txt', contents: 'aGVsbG8='});
console.log(JSON.stringify({answer, said, version: script.get()}));
"""


def test_its_ids_are_those_that_the_settings_name() -> None:
    script = ElementTree.parse(SOURCE / f"Objects/{SCRIPT}.xml").getroot()
    deployment = script.find("scriptdeployments/scriptdeployment")

    assert script.attrib["scriptid"] == SCRIPT
    assert deployment is not None
    assert deployment.attrib["scriptid"] == DEPLOYMENT
    named = (script.findtext("scriptfile") or "").strip("[]/")
    assert SOURCE / "FileCabinet" / named == SCRIPT_FILE


def test_it_knows_every_kind_of_record_and_file_that_is_sent() -> None:
    words = SCRIPT_FILE.read_text()

    assert all(f"    {one.record}: record.Type." in words for one in shapes.SHAPES if one is not shapes.VENDOR)
    assert all(f"    {one}: file.Type." in words for one in TYPES)


@pytest.mark.skipif(shutil.which("node") is None, reason="it runs in node, which is not installed")
def test_it_attaches_what_it_is_given() -> None:
    ran = subprocess.run(
        ["node", "-e", STAND_IN, str(SCRIPT_FILE)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert '"answer":{"file":"77"}' in ran.stdout
    assert '"contents":"hello","folder":5' in ran.stdout
    assert '"attached":{"record":{"type":"file","id":77},"to":{"type":"VENDOR_BILL","id":"8731"}}' in ran.stdout
    assert '"version":{"version":1}' in ran.stdout
