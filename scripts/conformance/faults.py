"""Ways a provider fails, by one name on every surface: each is a scenario of the simulator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.conformance.expect import CaseSkipped
from scripts.conformance.reply import Json

if TYPE_CHECKING:
    from scripts.conformance.registry import Surface
    from scripts.conformance.upstream import Upstream

HTML = "<html><head><title>502 Bad Gateway</title></head><body><center>cloudflare</center></body></html>"


@dataclass(frozen=True)
class Fault:
    """One scenario and its parameters."""

    scenario: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _status(status: int, body: Json | str, content_type: str = "application/json") -> Fault:
    text = body if isinstance(body, str) else json.dumps(body)
    return Fault("status", {"status": status, "body": text, "content_type": content_type})


def _flat(status: int, kind: str, param: str, code: str, message: str) -> Fault:
    return _status(status, {"message": message, "type": kind, "param": param, "code": code})


def _zai(status: int, code: str, message: str) -> Fault:
    return _status(status, {"error": {"code": code, "message": message}})


WRONG_KEY = "Header中未收到Authorization参数，无法进行身份验证。"  # noqa: RUF001 - Z.ai's own words
CEREBRAS: Mapping[str, Fault] = {
    "rate_limit": Fault("CB-04", {"retry_after": 2}),
    "rate_limit_long": Fault("CB-04", {"retry_after": 58}),
    "rate_limit_bare": Fault("CB-07"),
    "overloaded": Fault("CB-08"),
    "no_credit": Fault("CB-10"),
    "bad_key": _flat(401, "invalid_request_error", "api_key", "wrong_api_key", "Wrong API key"),
    "forbidden": _flat(403, "permission_error", "api_key", "forbidden", "No access to this"),
    "model_gone": Fault("CB-03"),
    "overflow": Fault("CB-09", {"length": 140_000, "limit": 131_072}),
    "invalid": Fault("CB-11"),
    "server_error": _flat(500, "server_error", "", "", "Encountered a server error, try again."),
    "edge_html": Fault("CB-22", {"status": 502}),
    "too_large": Fault("CB-22", {"status": 413}),
    "error_event_early": Fault("CB-12"),
    "error_event_in_text": Fault("CB-13", {"where": "text"}),
    "error_event_in_tool": Fault("CB-13", {"where": "tool"}),
}
ZAI: Mapping[str, Fault] = {
    "rate_limit": Fault("ZA-01"),
    "rate_limit_bare": Fault("ZA-01"),
    "overloaded": Fault("ZA-02"),
    "quota_used_up": Fault("ZA-03", {"reset_in_s": 2}),
    "no_credit": Fault("ZA-04", {"code": "1113"}),
    "bad_key": _zai(401, "1001", WRONG_KEY),
    "forbidden": _zai(403, "1220", "You do not have permission to access this"),
    "model_gone": Fault("ZA-16"),
    "overflow": Fault("ZA-05"),
    "invalid": Fault("ZA-13"),
    "server_error": _zai(500, "1234", "Network error, please try again later"),
    "edge_html": _status(502, HTML, "text/html"),
    "too_large": _status(413, "", "text/plain"),
    "garbled": Fault("ZA-10"),
    "empty_stream": Fault("ZA-12"),
}
ANY: Mapping[str, Fault] = {
    f"{end}_{where}": Fault("cut", {"where": where, "end": end})
    for end in ("reset", "eof")
    for where in ("start", "thinking", "text", "tool", "finish")
}


def provider_of(surface: Surface) -> str:
    """Return the provider a surface belongs to, as the simulator calls it."""
    return "cerebras" if surface == "cerebras" else "zai"


async def arm(
    upstream: Upstream, surface: Surface, kind: str, *, times: int, params: Mapping[str, Any]
) -> None:
    """Make the surface's provider fail.

    Args:
        upstream: The simulator.
        surface: Whose provider fails.
        kind: A name of the tables here.
        times: How many requests it hits; 0 is without end.
        params: Parameters of the scenario that differ from the table's.

    Raises:
        CaseSkipped: This provider does not fail like that.
    """
    provider = provider_of(surface)
    own = CEREBRAS if provider == "cerebras" else ZAI
    fault = own.get(kind) or ANY.get(kind)
    if fault is None:
        raise CaseSkipped(f"{surface} does not fail with {kind}")
    await upstream.scenario(
        fault.scenario,
        times=times,
        params={**fault.params, **params},
        match={"provider": provider},
    )
