"""The benchmark's hand on the fake: jobs, latency, and what has come in."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Told:
    """Of one job: how many outcomes came, and when the final event did (seconds since 1970)."""

    outcomes: int
    ended: bool
    ended_at: float


@dataclass(frozen=True)
class Fake:
    port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/_count", timeout=2).ok
        except requests.RequestException:
            return False

    def latency(self, seconds: float) -> None:
        """Of the ERP. The source answers at once."""
        self._post("/_latency", {"seconds": seconds})

    def job(self, job: str, company: str, count: int) -> None:
        self._post("/_jobs", {"id": job, "company": company, "count": count})

    def told(self, job: str) -> Told:
        return Told(**requests.get(f"{self.url}/_jobs/{job}", timeout=30).json())

    def count(self) -> dict[str, int]:
        """Calls that write documents, and documents; `numbers` are distinct ones."""
        return dict(requests.get(f"{self.url}/_count", timeout=30).json())

    def _post(self, path: str, body: Any) -> None:
        requests.post(self.url + path, json=body, timeout=30).raise_for_status()
