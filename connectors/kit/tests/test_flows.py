"""What a flow refuses to say."""

import pytest

from connectors.kit.flows import AuthorisationCode, Endpoint

THERE = Endpoint("api", "/oauth")


@pytest.mark.parametrize(
    "name", ["state", "redirect_uri", "client_id", "scope", "code_challenge", "response_type", "request_uri"]
)
def test_no_parameter_of_the_protocol_can_be_set_by_a_connector(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        AuthorisationCode(authorise=THERE, token=THERE, pkce=True, also={"access_type": "offline", name: "mine"})
