"""Each connection's tokens become an authorisation of its own. They are sealed anew, for they are bound to their place.

Runs as the owner, whom the wall between tenants does not hold. There is no way back: an authorisation may have
several connections by then.
"""

from django.db import migrations

from connections import vault


def move(apps, schema_editor):
    Authorisation = apps.get_model("connections", "Authorisation")
    for row in apps.get_model("connections", "Connection").objects.exclude(authorised_at=None):
        row.authorisation = Authorisation(
            tenant_id=row.tenant_id,
            application_id=row.application_id,
            tokens_version=row.tokens_version,
            tokens_expire_at=row.tokens_expire_at,
            companies_seen=1 if row.company_id else 0,
            authorised_at=row.authorised_at,
        )
        row.authorisation.sealed_tokens = sealed_anew(row)
        row.authorisation.save()
        if row.state == "usable" and not row.authorisation.sealed_tokens:
            row.state = "needs_reconnect"
        row.save(update_fields=["authorisation", "state"])


def sealed_anew(row):
    """Nothing where nothing is kept, or where its key was lost: such a connection is to be made again."""
    try:
        plain = vault.unseal(row.sealed_tokens, f"connections_connection/tokens/{row.pk}/{row.tenant_id}")
    except vault.CannotOpen:
        return b""
    return vault.seal(plain, f"connections_authorisation/tokens/{row.authorisation.pk}/{row.tenant_id}")


class Migration(migrations.Migration):
    dependencies = [("connections", "0002_authorisation")]
    operations = [migrations.RunPython(move)]
