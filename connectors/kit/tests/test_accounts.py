"""A customer's account id becomes a label of a host, and nothing else ever does."""

import pytest

from connectors.kit.accounts import AccountId

ACCOUNT = AccountId("Account ID", "Under Company Information.", r"[A-Z0-9]+(_[A-Z0-9]+)?", {"_": "-"})
LENIENT = AccountId("Account ID", "Anywhere.", r".+")


@pytest.mark.parametrize(
    ("typed", "kept", "label"),
    [
        ("1234567", "1234567", "1234567"),
        (" 1234567_sb1 ", "1234567_SB1", "1234567-sb1"),
        ("TSTDRV1234567", "TSTDRV1234567", "tstdrv1234567"),
    ],
)
def test_an_id_is_kept_as_the_vendor_writes_it(typed: str, kept: str, label: str) -> None:
    assert ACCOUNT.read(typed) == kept
    assert ACCOUNT.host_label(kept) == label


@pytest.mark.parametrize("typed", ["", "1234567-sb1", "evil.example/", "a@b", "1234567_", "١٢٣", "1\n2"])
def test_what_is_no_id_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Account ID"):
        ACCOUNT.read(typed)


@pytest.mark.parametrize("typed", ["evil.example", "a/b", "a@b", "a:1", "a#b", "-a", "a-", "a" * 64, "straße", "a b"])
def test_a_pattern_that_lets_too_much_through_does_not_choose_our_addresses(typed: str) -> None:
    with pytest.raises(ValueError, match="Account ID"):
        LENIENT.read(typed)
