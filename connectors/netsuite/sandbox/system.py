"""The account's own figures, which only an administrator may read."""

from werkzeug import Response

from connectors.kit.sandbox import Routes, answer

from .gate import Call, endpoint

routes = Routes()


@endpoint(routes, "GET", "/services/rest/system/v1/governanceLimits")
def governance(call: Call) -> Response:
    call.require("administrator")
    most = call.sandbox.switches.concurrent
    return answer(
        {
            "accountConcurrencyLimit": most,
            "accountUnallocatedConcurrencyLimit": most,
            "integrationLimitType": "accountLimit",
        }
    )
