"""The vault's keys: there, the newest in use, and whether rows still need older ones."""

from collections import Counter

from django.conf import settings

from host.first_run.findings import GOOD, MISSING, TO_MEND, Finding
from host.sealed import keys_in_use, missing_keys

TITLE = "Keys of the vault"


def look() -> Finding:
    if lacking := missing_keys():
        return Finding(TITLE, MISSING, "What these rows hold cannot be opened.", lacking)
    newest, *older = settings.VAULT_KEYS
    rows = keys_in_use()
    sentence = f"New secrets are sealed with key {newest.hex()}; {_rows(rows[newest])} need it."
    if waiting := Counter({key: rows[key] for key in older if rows[key]}):
        named = ", ".join(f"{key.hex()} ({_rows(many)})" for key, many in waiting.items())
        return Finding(TITLE, TO_MEND, sentence, f"Older keys are still in use: {named}. Run manage.py rotate_keys.")
    if older:
        sentence += f" Nothing needs {', '.join(key.hex() for key in older)} any more: take it out of VAULT_KEYS."
    return Finding(TITLE, GOOD, sentence)


def _rows(many: int) -> str:
    return "1 row" if many == 1 else f"{many} rows"
