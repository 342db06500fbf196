"""The roles that the application runs as. Neither owns a table, is superuser or bypasses row-level security."""

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CREATE_ROLES = """
DO $$ BEGIN
    CREATE ROLE causeway_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN
    CREATE ROLE causeway_staff NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
"""

# Default privileges cover the tables of later migrations; the first grant those that are there already.
PRIVILEGES = """
GRANT USAGE ON SCHEMA public TO causeway_app, causeway_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO causeway_app, causeway_staff;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM causeway_app, causeway_staff;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO causeway_app, causeway_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO causeway_app, causeway_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO causeway_app, causeway_staff;
"""

# A query for a tenant's rows with no tenant set raises. No rows would be silent loss: 0 = 0 balances.
TENANT_FUNCTION = """
CREATE OR REPLACE FUNCTION causeway_tenant() RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE t text := current_setting('causeway.tenant', true);
BEGIN
    IF coalesce(t, '') = '' THEN RAISE EXCEPTION 'no tenant is set for this query'; END IF;
    RETURN t::uuid;
END $$;
"""

APPEND_ONLY_FUNCTION = """
CREATE OR REPLACE FUNCTION causeway_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP; END $$;
"""

# For the triggers of database.constraints. Their arguments are the columns that may not change like this.
REFUSE_CHANGE_FUNCTION = """
CREATE OR REPLACE FUNCTION causeway_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    name text; said text := '';
    before jsonb := to_jsonb(OLD); after jsonb := to_jsonb(NEW);
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF before -> name IS DISTINCT FROM after -> name THEN
            said := said || ' ' || name;
            IF length(concat(before ->> name, after ->> name)) < 40 THEN  -- a state, a number; never content
                said := said || format(' from %s to %s', before ->> name, after ->> name);
            END IF;
        END IF;
    END LOOP;
    RAISE EXCEPTION '% % may not change:%', TG_TABLE_NAME, before ->> 'id', said
        USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;
"""


def grant_to_login(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The login may become either role, and is neither of itself."""
    login = schema_editor.quote_name(settings.LOGIN_ROLE)
    schema_editor.execute(f"GRANT causeway_app, causeway_staff TO {login} WITH INHERIT FALSE, SET TRUE")
