"""SAP Business One: what the registry finds."""

from connectors.sap_b1.target import SapB1

connector = SapB1
