"""What Pleo's authorisation server refuses. The kit's server enforces it, by the policy in app.py.

`type` is OAuth's error (RFC 6749, 4.1.2.1 and 5.2), `message` its description. Status 302 goes back to the
application; `page` is shown to the person, for an address that is not registered gets nothing.
"""

from connectors.pleo.sandbox.refusals import Refusal

_GRANT = "invalid_grant"
OAUTH_REFUSALS: dict[str, Refusal] = {
    "authorise-client-unknown": Refusal(400, "page", "not registered"),
    "authorise-redirect-mismatch": Refusal(400, "page", "not registered"),
    "authorise-redirect-plain-http": Refusal(400, "page", "not registered"),
    "authorise-no-code-asked": Refusal(302, "unsupported_response_type", ""),
    "authorise-scope-unknown": Refusal(302, "invalid_scope", ""),
    "authorise-scope-not-registered": Refusal(302, "invalid_scope", ""),
    "authorise-pkce-missing": Refusal(302, "invalid_request", "code_challenge is required"),
    "authorise-pkce-plain": Refusal(302, "invalid_request", "code_challenge_method must be S256"),
    "authorise-denied": Refusal(302, "access_denied", "The user said no"),
    "token-client-unknown": Refusal(401, "invalid_client", ""),
    "token-secret-wrong": Refusal(401, "invalid_client", ""),
    "token-grant-type": Refusal(400, "unsupported_grant_type", ""),
    "code-unknown": Refusal(400, _GRANT, "Unknown code"),
    "code-of-another-client": Refusal(400, _GRANT, "Unknown code"),
    "code-used": Refusal(400, _GRANT, "The code was used before"),
    "code-expired": Refusal(400, _GRANT, "The code has expired"),
    "code-redirect-mismatch": Refusal(400, _GRANT, "redirect_uri is not the one of the authorisation"),
    "code-verifier-missing": Refusal(400, _GRANT, "code_verifier does not match"),
    "code-verifier-wrong": Refusal(400, _GRANT, "code_verifier does not match"),
    "code-verifier-short": Refusal(400, _GRANT, "code_verifier does not match"),
    "refresh-unknown": Refusal(400, _GRANT, "Unknown or revoked refresh token"),
    "refresh-of-another-client": Refusal(400, _GRANT, "Unknown or revoked refresh token"),
    "refresh-revoked": Refusal(400, _GRANT, "Unknown or revoked refresh token"),
    "refresh-expired": Refusal(400, _GRANT, "The refresh token has expired or was used before"),
    "refresh-used": Refusal(400, _GRANT, "The refresh token has expired or was used before"),
    "introspect-without-client": Refusal(401, "invalid_client", ""),
}
