"""The staff's site, on Unfold."""

from unfold.sites import UnfoldAdminSite


class CausewayAdminSite(UnfoldAdminSite):
    site_title = "Causeway"
    site_header = "Causeway"
    index_title = "Today"
