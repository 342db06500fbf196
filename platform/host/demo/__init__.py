"""The whole product on one machine, with sandboxes for vendors: `python -m host.demo`, or scripts/demo."""
