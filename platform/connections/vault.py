"""Seals what must never be read outside the process: AES-256-GCM, bound to the place where it is kept.

A blob is: version (1 byte), key id (4 bytes), nonce (12 bytes), ciphertext. The place (table, column, row,
tenant) and the key id are associated data, so a blob copied to another row does not open. Keys come from the
environment or a file, never from SECRET_KEY; the first of the ring encrypts, all of them open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from connections import alarms

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The blob was moved, cut or changed, or its key is not in the ring."""


class NotSealedHere(CannotOpen):
    """Somebody wrote to the database past the application. It is an alarm (connections.alarms), too."""


class NoSuchKey(CannotOpen):
    """Nothing is wrong with the blob: the operator has to bring its key back."""


def newest_key() -> bytes:
    """The id of the key that seals."""
    return next(iter(settings.VAULT_KEYS))


def seal(plain: bytes, place: str) -> bytes:
    key_id = newest_key()
    key = settings.VAULT_KEYS[key_id]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + key_id + nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(place, key_id))


def unseal(blob: bytes | memoryview, place: str) -> bytes:
    blob = bytes(blob)
    key_id = blob[1 : 1 + KEY_ID_BYTES]
    nonce = blob[1 + KEY_ID_BYTES : 1 + KEY_ID_BYTES + NONCE_BYTES]
    key = settings.VAULT_KEYS.get(key_id)
    if blob[:1] == VERSION and len(key_id) == KEY_ID_BYTES and key is None:
        raise NoSuchKey(f"No vault key {key_id.hex()!r} for {place}.")
    try:
        if blob[:1] != VERSION or key is None:
            raise InvalidTag
        sealed = blob[1 + KEY_ID_BYTES + NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, sealed, _bound_to(place, key_id))
    except (InvalidTag, ValueError) as error:
        if blob:
            alarms.raise_for(place)
        raise NotSealedHere(alarms.sentence(place)) from error


def _bound_to(place: str, key_id: bytes) -> bytes:
    return f"v1/{place}/{key_id.hex()}".encode()
