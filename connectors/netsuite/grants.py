"""What each of NetSuite's scopes means to a customer. The role narrows it further: it is the customer's own."""

from connectors.kit.consent import Grant, Terms

GRANTS = {
    "rest_webservices": Grant(
        reads="Accounts, subsidiaries, currencies, tax codes, departments, classes, locations, accounting periods,"
        " employees and vendors; bills, credits, journals and expense reports, to find what was posted before",
        writes="Vendor bills, vendor credits, journal entries, expense reports, and vendors that are not there yet",
    ),
    "restlets": Grant(writes="Receipts, by the RESTlet that you install"),
}
TERMS = Terms(
    lasts="As long as the certificate that you upload is valid, at most two years. With a log-in of your own instead,"
    " NetSuite ends it after seven days each time.",
    stop="Revoke the certificate in NetSuite under Setup > Integration > Manage Authentication > OAuth 2.0 Client"
    " Credentials (M2M) Setup, at any time, or ask {partner} to stop.",
)
