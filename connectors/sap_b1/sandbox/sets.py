"""The entity sets: of what type they are, under which key, and in which table a company has its user fields."""

from dataclasses import dataclass

from . import shape


@dataclass(frozen=True)
class EntitySet:
    """`fields`: what may be asked for besides what may be written. `table`: "" where there are no user fields."""

    name: str
    type: str
    key: str
    table: str = ""
    fields: tuple[str, ...] = ()
    has_tag: bool = False  # an @odata.etag

    def knows(self, name: str) -> bool:
        return name == self.key or name in self.fields or name in shape.TYPES.get(self.type, {})


_MADE = ("DocNum", "DocTotal", "DocTotalFc", "VatSum", "VatSumFc", "PaidToDate", "PaidToDateFC", "Cancelled")
_DOCUMENT = (
    *_MADE,
    "CancelStatus",
    "DocumentStatus",
    "AuthorizationStatus",
    "CardName",
    "DocumentLines",
    "DocCurrency",
)
_ACCOUNT = ("Name", "FormatCode", "ActiveAccount", "LockManualTransaction", "FrozenFor", "AcctCurrency")

SETS = {
    one.name: one
    for one in (
        EntitySet("PurchaseInvoices", "Document", "DocEntry", "OPCH", _DOCUMENT, has_tag=True),
        EntitySet("PurchaseCreditNotes", "Document", "DocEntry", "ORPC", _DOCUMENT, has_tag=True),
        EntitySet("Drafts", "Document", "DocEntry", "ODRF", _DOCUMENT, has_tag=True),
        EntitySet("JournalEntries", "JournalEntry", "JdtNum", "OJDT", ("Number", "Original", "JournalEntryLines")),
        EntitySet(
            "VendorPayments",
            "Payment",
            "DocEntry",
            "OVPM",
            ("DocNum", "Cancelled", "CardName", "PaymentInvoices", "AuthorizationStatus"),
        ),
        EntitySet(
            "PaymentDrafts",
            "Payment",
            "DocEntry",
            "OPDF",
            ("DocNum", "Cancelled", "CardName", "PaymentInvoices", "AuthorizationStatus"),
        ),
        EntitySet("BusinessPartners", "BusinessPartner", "CardCode", "OCRD", has_tag=True),
        EntitySet("Attachments2", "Attachments2", "AbsoluteEntry", fields=("Attachments2_Lines",)),
        EntitySet("ChartOfAccounts", "ChartOfAccount", "Code", fields=_ACCOUNT),
        EntitySet(
            "VatGroups", "VatGroup", "Code", fields=("Name", "Category", "Inactive", "TaxAccount", "VatGroups_Lines")
        ),
        EntitySet("SalesTaxCodes", "SalesTaxCode", "Code", fields=("Name", "Rate", "ValidForAP", "Inactive")),
        EntitySet(
            "Dimensions", "Dimension", "DimensionCode", fields=("DimensionName", "DimensionDescription", "IsActive")
        ),
        EntitySet(
            "DistributionRules",
            "DistributionRule",
            "FactorCode",
            fields=("FactorDescription", "InWhichDimension", "Active"),
        ),
        EntitySet("ProfitCenters", "ProfitCenter", "CenterCode", fields=("CenterName", "InWhichDimension", "Active")),
        EntitySet("Projects", "Project", "Code", fields=("Name", "ValidFrom", "ValidTo", "Active")),
        EntitySet("Currencies", "Currency", "Code", fields=("Name", "DocumentsCode", "Decimals")),
        EntitySet("BusinessPlaces", "BusinessPlace", "BPLID", fields=("BPLName", "MainBPL", "Disabled")),
        EntitySet("UserFieldsMD", "UserFieldMD", "FieldID"),
    )
}
#: A user field of one marketing document is on all of them, drafts included (manual 1.22, page 97).
MARKETING = {"OPCH", "ORPC", "ODRF"}
#: And one of payments on their drafts. ASSUMED.
PAYMENTS = {"OVPM", "OPDF"}
