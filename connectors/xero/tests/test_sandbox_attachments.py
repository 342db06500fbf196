import pytest

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero

PDF, PNG, JPG = b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = "application/vnd.openxmlformats-officedocument"


def place(app: AppInXero, plural: str = "Invoices") -> str:
    """The address of a new document of this kind."""
    document, key = {
        "Invoices": (app.bill(), "InvoiceID"),
        "CreditNotes": (app.credit_note(), "CreditNoteID"),
        "BankTransactions": (app.spend(), "BankTransactionID"),
        "ManualJournals": (app.journal(), "ManualJournalID"),
    }[plural]
    [made] = app.send(plural, document)
    return f"{plural}/{made[key]}"


@pytest.mark.parametrize("plural", ["Invoices", "CreditNotes", "BankTransactions", "ManualJournals"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_file_is_kept_listed_and_given_back(nordwind: AppInXero, plural: str, method: str) -> None:
    at = place(nordwind, plural)
    [made] = nordwind.attach(at, method=method).json()["Attachments"]
    assert (made["FileName"], made["MimeType"], made["ContentLength"]) == ("receipt.pdf", "application/pdf", 18)
    assert nordwind.read(f"/{at}/Attachments")["Attachments"] == [made]
    for name in ("receipt.pdf", made["AttachmentID"]):
        answer = nordwind.call("GET", f"/{at}/Attachments/{name}", headers={"Accept": "application/pdf"})
        assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-1.7 a receipt", "application/pdf")
    assert nordwind.read(f"/{at}")[plural][0]["HasAttachments"] is True


def test_the_same_name_overwrites(nordwind: AppInXero) -> None:
    at = place(nordwind)
    first = nordwind.attach(at).json()["Attachments"][0]
    second = nordwind.attach(at, content=PDF + b"another").json()["Attachments"][0]
    assert first["AttachmentID"] == second["AttachmentID"]
    assert nordwind.call("GET", f"/{at}/Attachments/receipt.pdf").content == PDF + b"another"
    assert len(nordwind.read(f"/{at}/Attachments")["Attachments"]) == 1


def test_ten_are_enough_and_the_tenth_may_still_be_overwritten(nordwind: AppInXero) -> None:
    at = place(nordwind)
    sent = [nordwind.attach(at, f"receipt-{n}.pdf").status_code for n in range(11)]
    assert sent == [200] * 10 + [400]
    assert nordwind.attach(at, "receipt-9.pdf").status_code == 200
    assert nordwind.attach(place(nordwind), "receipt-10.pdf").status_code == 200


@pytest.mark.parametrize(("plural", "most"), [("Invoices", 10), ("BankTransactions", 10), ("ManualJournals", 3)])
def test_what_is_too_large_is_a_413(nordwind: AppInXero, plural: str, most: int) -> None:
    at, full = place(nordwind, plural), most * 1024 * 1024
    assert nordwind.attach(at, content=PDF + b" " * (full - len(PDF))).status_code == 200
    answer = nordwind.attach(at, "larger.pdf", content=PDF + b" " * (full - len(PDF) + 1))
    assert (answer.status_code, answer.json()["Title"]) == (413, "RequestEntityTooLarge")
    assert (answer.json()["Status"], answer.json()["Detail"]) == (413, "PayloadTooLarge")
    assert len(nordwind.sandbox.written("attachments", NORDWIND)) == 1


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("r.pdf", "application/pdf", PDF),
        ("r.PDF", "application/pdf", PDF),
        ("r.jpg", "image/jpeg", JPG),
        ("r.jpeg", "image/jpg", JPG),
        ("r.png", "image/png", PNG),
        ("r.docx", f"{OFFICE}.wordprocessingml.document", ZIP),
        ("r.xlsx", f"{OFFICE}.spreadsheetml.sheet", ZIP),
        ("r.doc", "application/msword", OLE),
        ("r.xls", "application/vnd.ms-excel", OLE),
        ("r.txt", "text/plain", "Beleg für Åsa".encode()),
        ("receipt-1-4cf9032d.pdf", "application/pdf", PDF),
    ],
)
def test_the_kinds_of_file_that_are_taken(nordwind: AppInXero, name: str, kind: str, content: bytes) -> None:
    assert nordwind.attach(place(nordwind), name, type=kind, content=content).status_code == 200


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("r.pdf", "application/pdf", PNG),
        ("r.png", "image/png", JPG),
        ("r.jpg", "image/jpeg", PDF),
        ("r.docx", f"{OFFICE}.wordprocessingml.document", PDF),
        ("r.xls", "application/vnd.ms-excel", ZIP),
        ("r.txt", "text/plain", b"\x00\x01"),
        ("r.txt", "text/plain", b"\xff\xfe"),
        ("r.exe", "application/pdf", PDF),
        ("r.html", "text/html", b"<p>"),
        ("receipt", "application/pdf", PDF),
        (".pdf", "application/pdf", PDF),
        ("r.pdf", "image/png", PDF),
        ("r.pdf", "application/json", PDF),
        ("r.pdf", "application/octet-stream", PDF),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    nordwind: AppInXero, name: str, kind: str, content: bytes
) -> None:
    answer = nordwind.attach(place(nordwind), name, type=kind, content=content)
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 10)
    assert "The file couldn't be uploaded because it isn't a supported file type." in answer.text
    assert nordwind.sandbox.written("attachments", NORDWIND) == []


@pytest.mark.parametrize("letter", list('<>:"/\\|?*+# \t'))
def test_a_name_with_an_odd_letter_is_refused(nordwind: AppInXero, letter: str) -> None:
    answer = nordwind.attach(place(nordwind), f"a{letter}b.pdf")
    assert answer.status_code == 400
    assert "contains characters that are not allowed" in answer.text


@pytest.mark.parametrize("plural", ["Invoices", "ManualJournals"])
def test_an_unknown_document_takes_no_file(nordwind: AppInXero, harbour: AppInXero, plural: str) -> None:
    for app, at in ((nordwind, f"{plural}/{NORDWIND}"), (harbour, place(nordwind, plural))):
        answer = app.attach(at)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert app.call("GET", f"/{at}/Attachments").status_code == 404


def test_an_unknown_file_is_not_found(nordwind: AppInXero) -> None:
    assert nordwind.call("GET", f"/{place(nordwind)}/Attachments/none.pdf").status_code == 404


def test_files_need_a_scope_of_their_own(nordwind: AppInXero) -> None:
    at = place(nordwind)
    nordwind.connect("All organisations", scope="accounting.transactions")
    assert nordwind.attach(at).status_code == 401
    nordwind.connect("All organisations", scope="accounting.attachments.read")
    assert nordwind.call("GET", f"/{at}/Attachments").status_code == 200
    assert nordwind.attach(at).status_code == 401


def test_a_lost_answer_is_replayed(nordwind: AppInXero) -> None:
    at = place(nordwind)
    first = nordwind.attach(at, headers={"Idempotency-Key": "f1"})
    again = nordwind.attach(at, headers={"Idempotency-Key": "f1"})
    other = nordwind.attach(at, content=PDF, headers={"Idempotency-Key": "f1"})
    assert (again.content, other.status_code) == (first.content, 400)
