"""The connector kit: the contract between Causeway's engine and a vendor's connector. Knows no Django."""
