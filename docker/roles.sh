#!/bin/sh
# Runs once, when PostgreSQL's data is laid out: the role that owns the tables and the one that serves.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password OWNER_PASSWORD
\getenv login_password LOGIN_PASSWORD
CREATE ROLE causeway_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE causeway_login LOGIN PASSWORD :'login_password';
CREATE DATABASE causeway OWNER causeway_owner;
SQL
