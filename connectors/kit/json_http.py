"""JSON over HTTP, for vendors that speak nothing else: reads that are checked, with the connector's own headers."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.kit.errors import ContractBroken
from connectors.kit.http import Answer, Client, Request
from connectors.kit.judging import ErrorTable

Query = Sequence[tuple[str, str]]


class JsonApi:
    """One vendor, for one connection. Each call raises what `errors` makes of its answer, and what the client raises.

    Writes of documents do not go this way: they are drafts that the engine sends.
    """

    def __init__(self, client: Client, errors: ErrorTable, headers: Mapping[str, str] | None = None) -> None:
        self._client, self._errors, self._headers = client, errors, dict(headers or {})

    def get(self, path: str, query: Query = ()) -> Any:
        """Raises ContractBroken if the answer is no JSON."""
        return self.checked(self._get(path, query)).json()

    def get_if_there(self, path: str, query: Query = ()) -> Any:
        """None for what the vendor does not know. Raises ContractBroken as `get`, and for a null in its place."""
        answer = self._get(path, query)
        if answer.status == 404:
            return None
        found = self.checked(answer).json()
        if found is None:
            raise ContractBroken("The vendor answered null where it knows a thing, or says 404.")
        return found

    def delete_if_there(self, path: str) -> None:
        answer = self._client.send(Request("DELETE", path, headers=self._headers))
        if answer.status != 404:
            self.checked(answer)

    def checked(self, answer: Answer) -> Answer:
        return self._errors.checked(answer, self._client.now)

    def _get(self, path: str, query: Query) -> Answer:
        return self._client.send(Request("GET", path, query=tuple(query), headers=self._headers))
