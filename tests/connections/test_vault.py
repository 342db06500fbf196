"""What is sealed opens in its own place, with its own key, unchanged, and nowhere else."""

import hashlib
import secrets

import pytest
from pytest_django import Settings

from connections import vault
from connections.vault import CannotOpen, seal, unseal
from tests.factories import AuthorisationFactory

PLACE = "table/column/row/tenant"


def new_key() -> tuple[bytes, bytes]:
    key = secrets.token_bytes(32)
    return hashlib.sha256(key).digest()[:4], key


def test_what_was_sealed_opens() -> None:
    assert unseal(seal(b"token", PLACE), PLACE) == b"token"


def test_the_same_is_never_sealed_the_same_way() -> None:
    assert seal(b"token", PLACE) != seal(b"token", PLACE)


@pytest.mark.parametrize("place", ["table/column/other/tenant", "table/column/row/other", "", PLACE + "/"])
def test_a_moved_ciphertext_does_not_open(place: str) -> None:
    with pytest.raises(CannotOpen, match="was not sealed there"):
        unseal(seal(b"token", PLACE), place)


@pytest.mark.django_db
def test_tokens_copied_to_another_authorisation_do_not_open() -> None:
    mine, theirs = AuthorisationFactory.create(), AuthorisationFactory.create()

    with pytest.raises(CannotOpen):
        unseal(theirs.sealed_tokens, mine.place)


@pytest.mark.parametrize("at", range(17 + 5 + 16))
def test_a_changed_byte_does_not_open(at: int) -> None:
    """Version, key id, nonce, ciphertext and tag: each is covered."""
    blob = bytearray(seal(b"token", PLACE))
    assert len(blob) == 38
    blob[at] ^= 1

    with pytest.raises(CannotOpen):
        unseal(bytes(blob), PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 16, 17, 30])
def test_a_cut_blob_does_not_open(length: int) -> None:
    with pytest.raises(CannotOpen):
        unseal(seal(b"token", PLACE)[:length], PLACE)


def test_an_old_key_still_opens_and_the_newest_seals(settings: Settings) -> None:
    old, new = new_key(), new_key()
    settings.VAULT_KEYS = dict([old])
    before = seal(b"token", PLACE)

    settings.VAULT_KEYS = dict([new, old])

    assert unseal(before, PLACE) == b"token"
    assert seal(b"token", PLACE)[1:5] == new[0]


def test_a_key_that_is_gone_is_named(settings: Settings) -> None:
    old = new_key()
    settings.VAULT_KEYS = dict([old])
    before = seal(b"token", PLACE)
    settings.VAULT_KEYS = dict([new_key()])

    with pytest.raises(CannotOpen, match=old[0].hex()):
        unseal(before, PLACE)


def test_another_key_of_the_same_id_does_not_open(settings: Settings) -> None:
    settings.VAULT_KEYS = {b"same": new_key()[1]}
    before = seal(b"token", PLACE)
    settings.VAULT_KEYS = {b"same": new_key()[1]}

    with pytest.raises(CannotOpen):
        unseal(before, PLACE)


def test_the_error_tells_nothing_of_what_was_sealed() -> None:
    with pytest.raises(CannotOpen) as caught:
        unseal(vault.seal(b"a secret token", PLACE), "elsewhere")
    assert "secret" not in repr(caught.value)
