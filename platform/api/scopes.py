"""What a key may be allowed to do, one scope a kind of thing and way; read by the admin and the OpenAPI file."""

SCOPES = {
    "tenants:read": "See tenants",
    "tenants:write": "Make tenants and rename them",
    "tenants:leave": "Let tenants leave, so that all of theirs is erased, and call it off",
    "tenants:export": "Download all that is kept of tenants",
    "members:read": "See who belongs to a tenant",
    "members:write": "Invite members, change their roles and remove them",
    "links:read": "See connect links, never their addresses",
    "links:write": "Make connect links and revoke them",
    "connections:read": "See applications and connections, never their secrets",
    "connections:write": "Disconnect connections",
    "installations:read": "See installations",
    "exports:read": "See export jobs, records and postings",
    "incidents:read": "See incidents",
}
