"""What a record becomes in the ERP, the request that makes it, and what came of it."""

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from connectors.kit.failures import FailureClass
from connectors.kit.http import Request
from connectors.kit.money import Money


class Kind(StrEnum):
    BILL = "bill"
    SPEND = "spend"
    RECEIVE = "receive"
    JOURNAL = "journal"
    CREDIT = "credit"
    PAYMENT = "payment"
    VENDOR = "vendor"
    ATTACHMENT = "attachment"


class Part(StrEnum):
    """Which of an entry's documents it is."""

    VENDOR = "vendor"
    DOCUMENT = "document"
    PAYMENT = "payment"
    ATTACHMENT = "attachment"


#: What is made for a document's sake: no entry waits for it by itself, and none is told of it.
ASIDE = (Part.VENDOR, Part.ATTACHMENT)


class Key(NamedTuple):
    """With books and revision, the identity of a posting. A vendor's entry is the vendor's own key."""

    entry: str
    part: Part


def marker(key: Key, revision: int) -> str:
    """Eight characters (40 bits) that make our reference findable; the same for the same posting."""
    digest = hashlib.sha256(f"{key.entry}\n{key.part}\n{revision}".encode()).digest()
    return b32encode(digest[:5]).decode()


@dataclass(frozen=True)
class BookLine:
    """One line of a document as a bookkeeper reads it; just one of `debit` and `credit` is set, and positive.

    `account` is the ERP's code and name, `tax` and `tags` are what goes along with it.
    """

    account: str
    debit: Money | None = None
    credit: Money | None = None
    text: str = ""
    tax: str = ""
    tags: str = ""

    @classmethod
    def of(cls, account: str, amount: Money) -> "BookLine":
        """In debit, or in credit where the amount is below zero."""
        return cls(account, credit=-amount) if amount.amount < 0 else cls(account, debit=amount)


@dataclass(frozen=True)
class Document:
    """A planned document, whole but for the ids of the documents it needs.

    `reference` is what `Target.find` looks for. `content` is the vendor's own shape. `total` is never negative:
    the record's sign says which way the money goes. `lines` are for people; their debits equal their credits.
    `needs` must be posted first; its id is given to `Target.requests`, under its key. What belongs to another
    entry is needed by its `alias` ("bill:<vendor>:<number>"): the newest document of these books that has it.
    `look_first`: ask the ERP whether it is there before the first write (vendors made by people).
    `tax`: what the receipt says is in `total`; None where that is not known. `needed_id`: for look-ups, the id of the
    document that it needs, where that is posted.
    """

    key: Key
    revision: int
    kind: Kind
    reference: str
    total: Money | None
    dated: date | None
    content: Mapping[str, Any]
    needs: Key | None = None
    look_first: bool = False
    lines: tuple[BookLine, ...] = ()
    alias: str = ""
    needs_alias: str = ""
    tax: Money | None = None
    needed_id: str = ""


@dataclass(frozen=True)
class Draft:
    """One write request carrying one or more documents, in the order of the request's elements.

    `findable`: `Target.find` can tell that what it makes is not there. Else, without an answer, a person looks.
    """

    request: Request
    documents: tuple[Document, ...]
    findable: bool = True


@dataclass(frozen=True)
class Found:
    """A document that is in the ERP. `void`: it is there but was voided or deleted by a person."""

    document_id: str
    number: str = ""
    total: Money | None = None
    void: bool = False


@dataclass(frozen=True)
class Attachment:
    """A receipt to be attached: the entry's file at `place` (from 1). Its type was told by its bytes."""

    entry: str
    place: int
    extension: str  # without the dot
    type: str  # MIME
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Created:
    """The vendor made the document."""

    key: Key
    found: Found
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The vendor will not make it, however often it is asked."""

    key: Key
    failure: FailureClass
    sentence: str
    words: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Unknown:
    """The answer does not tell whether it was made."""

    key: Key
    words: str = field(default="")


Outcome = Created | Refused | Unknown
