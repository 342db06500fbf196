"""One case per refusal: what an application does to be refused. The cases are in refused_*.py."""

from collections.abc import Callable

import requests

from connectors.pleo.sandbox.tests.app import App

Case = Callable[[App], requests.Response]
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    def keep(function: Case) -> Case:
        if name in CASES:
            raise ValueError(f"There are two cases of {name}")
        CASES[name] = function
        return function

    return keep
