"""What stands in the account: records by type, numbers that only rise, external ids by group."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.kit.sandbox import Document, Store

from .shape import SHAPES, Shape

#: Records share a space of external ids with all others of their group, whatever their type.
_EXTERNAL_IDS = "external_ids"


class Ledger:
    def __init__(self, store: Store) -> None:
        self._store = store

    def next_id(self) -> str:
        counted = self._store["_sandbox"].get("numbers") or {"last": 8730}
        number = counted["last"] + 1
        self._store["_sandbox"].put("numbers", {"last": number})
        return str(number)

    def put(self, shape: Shape, record: Document) -> Document:
        if external := record.get("externalId"):
            self._store[_EXTERNAL_IDS].put(f"{shape.group}/{external}", {"type": shape.name, "id": record["id"]})
        return self._store[shape.name].put(record["id"], record)

    def owner(self, shape: Shape, external_id: str) -> str:
        """The id of the record of this group that has it; empty if there is none."""
        found = self._store[_EXTERNAL_IDS].get(f"{shape.group}/{external_id}")
        return str(found["id"]) if found else ""

    def by_external_id(self, shape: Shape, external_id: str) -> Document | None:
        """None also where a record of another type has it: the address names this one."""
        found = self._store[_EXTERNAL_IDS].get(f"{shape.group}/{external_id}")
        return self.get(shape, found["id"]) if found and found["type"] == shape.name else None

    def get(self, shape: Shape, record_id: str) -> Document | None:
        return self._store[shape.name].get(record_id)

    def delete(self, shape: Shape, record: Document) -> None:
        """Its external id is free again."""
        self._store[_EXTERNAL_IDS].delete(f"{shape.group}/{record.get('externalId')}")
        self._store[shape.name].delete(record["id"])

    def transactions(self) -> Iterator[tuple[Shape, Document]]:
        for shape in SHAPES.values():
            if shape.group == "transaction":
                yield from ((shape, record) for record in self._store[shape.name].find())

    def find(self, record_id: str) -> tuple[Shape, Document]:
        """Raises KeyError."""
        found = next(((s, one) for s, one in self.transactions() if one["id"] == record_id), None)
        if found is None:
            raise KeyError(record_id)
        return found

    def row(self, table: str, key: Any) -> Document | None:
        return self._store[table].get(str(key))

    def period_of(self, day: date) -> Document | None:
        """The month: years and quarters are periods too, but nothing is posted on them."""
        return next(
            (
                one
                for one in self._store["accountingperiod"].find()
                if one["startdate"] <= day.isoformat() <= one["enddate"]
                and "T" not in {one["isyear"], one["isquarter"], one["isadjust"]}
            ),
            None,
        )

    def as_rows(self) -> list[Document]:
        """As SuiteQL lists transactions."""
        return [
            {
                "id": one["id"],
                "tranid": one.get("tranId"),
                "externalid": one.get("externalId"),
                "type": shape.type,
                "trandate": one["tranDate"],
                "entity": one.get("entity"),
                "memo": one.get("memo"),
                "voided": "T" if one["voided"] else "F",
                "foreigntotal": str(Decimal(one["total"])),
            }
            for shape, one in self.transactions()
        ]
