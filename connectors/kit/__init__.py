"""The connector kit: the contract between Causeway's engine and a vendor's connector. Knows no Django."""

#: Of the contract, not of the product. The second number grows when something is added that a connector may use; the
#: first when a connector that was right before may be wrong now.
VERSION = "1.0"
