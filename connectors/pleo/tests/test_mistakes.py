"""The conformance suite finds what a careless colleague could make of this source."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.kit.errors import BeginAgain, JobIsClosed, TryLater
from connectors.kit.http import Request
from connectors.kit.money import Money
from connectors.kit.paging import Page
from connectors.kit.records import (
    Company,
    Ending,
    EntryOutcome,
    Event,
    FetchedRecord,
    Job,
    JobState,
    Probe,
    Record,
    Refusal,
    Subscription,
)
from connectors.kit.testing import suite
from connectors.kit.testing.checking import Verdict
from connectors.pleo.conformance import KIT
from connectors.pleo.connector import Pleo


class TakesTheFirstCompany(Pleo):
    def probe(self) -> Probe:
        return Probe(self.companies()[0])


class OffersTheChosenCompanyOnly(Pleo):
    def companies(self) -> Sequence[Company]:
        return [one for one in super().companies() if one.id == self.company]


class ReadsOnePage(Pleo):
    def entries(self, job: Job, after: str = "") -> Iterator[Page[str]]:
        for page in super().entries(job, after):
            yield Page(page.items)
            return


class ForgetsWhereItWas(Pleo):
    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        return super().records(job)


class SwallowsAnOutage(Pleo):
    def entries(self, job: Job, after: str = "") -> Iterator[Page[str]]:
        with suppress(TryLater):
            yield from super().entries(job, after)


class DoesNotBeginAgain(Pleo):
    def entries(self, job: Job, after: str = "") -> Iterator[Page[str]]:
        try:
            yield from super().entries(job, after)
        except BeginAgain:
            return


class TrustsEveryPayload(Pleo):
    def interpret(self, payload: Mapping[str, Any]) -> Record:
        payload["accountingEntryLines"][0]["tags"]
        return super().interpret(payload)


class InterpretsByTheClock(Pleo):
    def interpret(self, payload: Mapping[str, Any]) -> Record:
        return replace(super().interpret(payload), note=f"at {datetime.now().isoformat()}")


class TakesA200ForAll(Pleo):
    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        super().report(job, outcomes)
        return ()


class BelievesThatItWasTold(Pleo):
    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        with suppress(TryLater):
            return super().report(job, outcomes)
        return ()


class StillAtItMeansDone(Pleo):
    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        items = [{"accountingEntryId": entry, "status": "successful"} for entry in entries]
        self.client.send(Request.json("PUT", f"/v3/export-jobs/{job.id}/items", items))


class FinishesWhatWasCancelled(Pleo):
    def finish(self, job: Job, ending: Ending) -> None:
        with suppress(JobIsClosed):
            super().finish(job, ending)


class FinishesAlwaysWell(Pleo):
    def finish(self, job: Job, ending: Ending) -> None:
        super().finish(job, Ending(JobState.COMPLETED))


class AsksForTheWordOfTheDay(Pleo):
    @classmethod
    def verify_webhook(cls, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return headers["webhook-id"]


class KnowsOneSecret(Pleo):
    @classmethod
    def verify_webhook(cls, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return super().verify_webhook(secrets[:1], headers, body, now)


class NamesNoCompany(Pleo):
    @classmethod
    def read_webhook(cls, body: bytes) -> Event:
        return replace(super().read_webhook(body), company_id="")


class SubscribesEachDay(Pleo):
    def subscribe(
        self, address: str, *, known: Sequence[str] = (), over: Sequence[str] = (), renew: bool = False
    ) -> Subscription:
        return super().subscribe(address, known=known, over=over, renew=True)


class KeepsTheAddress(Pleo):
    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        for page in super().records(job, after):
            yield Page(tuple(_with_addresses(one) for one in page), page.next)


class KeepsTheToken(Pleo):
    def start(self, job: Job) -> None:
        self.bearer = self.client.prepare().token
        super().start(job)


class PutsTheTokenIntoAnAddress(Pleo):
    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        self.client.send(Request("GET", "/v1/companies", query=(("key", self.client.prepare().token),)))
        return super().records(job, after)


class CountsInFloats(Pleo):
    def interpret(self, payload: Mapping[str, Any]) -> Record:
        record = super().interpret(payload)
        return replace(record, amount=Money(Decimal(float(record.amount.amount)), record.amount.currency))


class GivesNoSignOfLife(Pleo):
    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        """Forgotten."""


class TellsOutcomesTwice(Pleo):
    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        super().report(job, outcomes)
        return super().report(job, outcomes)


class SendsTheFinalEventTwice(Pleo):
    def finish(self, job: Job, ending: Ending) -> None:
        super().finish(job, ending)
        super().finish(job, ending)


class TellsAllButTheLast(Pleo):
    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        return super().report(job, outcomes[:-1])


class SkipsOneAtEachBoundary(Pleo):
    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        for page in super().records(job, after):
            yield Page(page.items[1 if page.next else 0 :], page.next)


def _with_addresses(one: FetchedRecord) -> FetchedRecord:
    return replace(one, payload={**one.payload, "links": [link.address for link in one.files]})


@pytest.mark.parametrize(
    ("mistake", "seen_by"),
    [
        (TakesTheFirstCompany, "probe_good"),
        (OffersTheChosenCompanyOnly, "every_company_is_offered"),
        (ReadsOnePage, "lists_are_whole"),
        (ForgetsWhereItWas, "lists_go_on_from_a_place"),
        (SwallowsAnOutage, "outage_between_pages"),
        (DoesNotBeginAgain, "place_that_is_not_known"),
        (TrustsEveryPayload, "fields_may_be_missing"),
        (InterpretsByTheClock, "interpret_is_pure"),
        (TakesA200ForAll, "strange_entry_is_returned"),
        (BelievesThatItWasTold, "report_in_an_outage"),
        (StillAtItMeansDone, "keep_alive_tells_no_outcome"),
        (FinishesWhatWasCancelled, "finish_of_a_job_that_ended_otherwise"),
        (FinishesAlwaysWell, "finish_ends_the_job"),
        (AsksForTheWordOfTheDay, "forged_delivery_is_refused"),
        (KnowsOneSecret, "delivery_is_verified"),
        (NamesNoCompany, "event_says_whose_it_is"),
        (SubscribesEachDay, "subscription_is_made_once"),
        (KeepsTheAddress, "signed_addresses_are_hidden"),
        (KeepsTheToken, "no_secret_is_shown"),
        (PutsTheTokenIntoAnAddress, "no_secret_is_shown"),
        (CountsInFloats, "amounts_have_whole_units"),
        (GivesNoSignOfLife, "keep_alive_is_told"),
        (TellsOutcomesTwice, "nothing_is_told_twice"),
        (SendsTheFinalEventTwice, "nothing_is_told_twice"),
        (TellsAllButTheLast, "outcomes_are_told"),
        (SkipsOneAtEachBoundary, "lists_are_whole"),
    ],
)
def test_the_suite_finds_it(mistake: type[Pleo], seen_by: str) -> None:
    (result,) = suite.run_all(replace(KIT, connector=mistake), lambda name: name == seen_by)

    assert result.verdict is Verdict.FAILED
