"""What every connector must keep about its connection, source or target."""

from typing import Any

from pydantic import ValidationError

from connectors.kit import facts, logos
from connectors.kit.connector import Connector
from connectors.kit.errors import AskForPermission, ConnectorError, MendSettings, RateLimited, Reconnect, TryLater
from connectors.kit.settings.questions import secret_names
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import Bench
from connectors.kit.testing.checking import Checks, Failed, NotDeclared, expect

CONNECTION = (Reconnect, AskForPermission, MendSettings)
checks: Checks[Bench[Any]] = Checks()


def probing(connector: Connector) -> ConnectorError | None:
    """What a probe raises; None if it is content."""
    try:
        connector.probe()
    except ConnectorError as error:
        return error
    return None


@checks
def probe_good(bench: Bench[Any]) -> None:
    """A connection that works is probed, and answers for the company that was chosen.
    `probe` reads the chosen company (`self.company`), never the first of a list.
    """
    try:
        found = bench.connector().probe().company
    except AskForPermission as error:
        raise Failed(f"{_named(error)} Give `books` the scopes that the sandbox wants.") from error
    expect(found.id == bench.customer.company, f"The probe for {bench.customer.company} answered for {found.id}.")


@checks
def probe_bad_credentials(bench: Bench[Any]) -> None:
    """An authorisation that was taken back is a Reconnect.
    A 401 that is still there after the client's renewal is final: raise Reconnect, as the kit's error table does.
    """
    bench.customer.revoke()
    error = probing(bench.connector())
    expect(isinstance(error, Reconnect), f"After the customer took it back the probe said {_named(error)}.")


@checks
def probe_bad_configuration(bench: Bench[Any]) -> None:
    """No company, or one that the token may not see, is told as something that a person can mend.
    Raise MendSettings where none is chosen; never fall back to another company.
    """
    for company in ("", "no-such-company"):
        error = probing(bench.connector(company=company))
        expect(isinstance(error, CONNECTION), f"With the company {company!r} the probe said {_named(error)}.")


@checks
def every_company_is_offered(bench: Bench[Any]) -> None:
    """`companies` lists every company that the token may see, the chosen one among them.
    Follow the vendor's pages to the end, and filter nothing out: the customer chooses.
    """
    seen = {company.id for company in bench.connector(company="").companies()}
    wanted = {bench.customer.company, bench.customer.stranger} - {""}
    expect(wanted <= seen, f"These were not offered: {', '.join(sorted(wanted - seen))}.")


@checks
def probe_is_forbidden(bench: Bench[Any]) -> None:
    """A 403 asks for a right, or for a new authorisation; it never looks like a fault of ours.
    Raise AskForPermission (or Reconnect where the vendor says that) for a 403.
    """
    bench.wire.strike(troubles.answered(403, b"{}"), times=9)
    error = probing(bench.connector())
    expect(isinstance(error, CONNECTION), f"Of a 403 the probe said {_named(error)}.")


@checks
def reads_wait_as_told(bench: Bench[Any]) -> None:
    """A 429 to a read is RateLimited, with the vendor's wait where it names a sane one.
    Use `Answer.retry_after`: it gives None for text, the past and more than a day.
    """
    for header, seconds in (("7", 7), (None, None), ("0", 0), ("259200", None), ("soon", None)):
        bench.wire.strike(troubles.limited(header))
        waits_as_told(probing(bench.connector()), header, seconds)


def waits_as_told(error: ConnectorError | None, header: str | None, seconds: int | None) -> None:
    said = f"With Retry-After {header!r}" if header is not None else "Without a Retry-After"
    if not isinstance(error, RateLimited):
        raise Failed(f"{said} a 429 became {_named(error)}.")
    wait = error.wait.total_seconds() if error.wait is not None else None
    if seconds:
        expect(wait is not None and wait >= seconds, f"{said} it waits {wait} s.")
    else:
        expect(wait is None or 0 <= wait <= 86_400, f"{said} it waits {wait} s.")


@checks
def reads_meet_an_outage(bench: Bench[Any]) -> None:
    """A read that met a 5xx, a closed connection or a page of HTML is tried again later; nobody must mend anything.
    Raise TryLater for 5xx; a body that is no JSON is ContractBroken, as `Answer.json` raises it.
    """
    outages = (
        troubles.answered(503, b"{}"),
        troubles.answered(502, troubles.HTML),
        troubles.dropped(done=False),
        troubles.truncated,
    )
    for outage in outages:
        bench.wire.strike(outage)
        error = probing(bench.connector())
        expect(isinstance(error, TryLater), f"The probe said {_named(error)}.")


@checks
def settings_refuse_nonsense(bench: Bench[Any]) -> None:
    """The settings model takes what is good, refuses what is bad, and refuses what it does not know.
    Give fields bounds and patterns, and derive from the kit's Settings, which forbids unknown fields.
    """
    model = bench.kit.connector.settings_model
    model.model_validate(bench.kit.settings)
    for bad in ({"no_such_setting": 1}, *bench.kit.bad_settings):
        try:
            model.model_validate({**bench.kit.settings, **bad})
        except ValidationError:
            continue
        raise Failed(f"The settings took {bad!r}.")


@checks
def facts_are_told(bench: Bench[Any]) -> None:
    """A connector says its key, its name, how it is connected, its limits, what each scope means, how it is stopped.
    Set the class attributes of `connectors/kit/connector.py`: without them it is left out when it is loaded.
    """
    kind = bench.kit.connector
    wrong = facts.problems(kind, getattr(kind, "key", ""))
    expect(not wrong, " ".join(wrong))
    expect(kind.terms.lasts and kind.terms.stop, "The terms do not say how long it lasts and how it is stopped.")


@checks
def logo_is_a_picture(bench: Bench[Any]) -> None:
    """A logo is a small drawing that loads nothing and runs nothing; without one, pages show initials.
    Export `logo.svg` as plain SVG with a viewBox: shapes alone, without scripts, fonts or pictures from elsewhere.
    """
    wrong = logos.problems_of(bench.kit.connector)
    expect(not wrong, f"The logo is not shown. {' '.join(wrong)}")


@checks.unless(lambda kit: "" if _secrets(kit) else "Its settings hold no secret.")
def secrets_of_settings_are_hidden(bench: Bench[Any]) -> None:
    """A secret among the settings is never printed with them.
    Declare it as SecretStr.
    """
    model = bench.kit.connector.settings_model
    for name in _secrets(bench.kit):
        if name not in bench.kit.settings:
            raise NotDeclared(f"settings[{name!r}]")
        shown = repr(model.model_validate(bench.kit.settings))
        expect(bench.kit.settings[name] not in shown, f"The setting {name} is printed.")


def _secrets(kit: Any) -> list[str]:
    """By its type, or by what it is called."""
    model = kit.connector.settings_model
    words = ("password", "secret", "token", "private_key", "api_key")
    return sorted(secret_names(model) | {name for name in model.model_fields if any(word in name for word in words)})


def _named(error: Exception | None) -> str:
    return "that all is well" if error is None else f"{type(error).__name__}: {error}"
