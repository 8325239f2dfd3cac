"""Z.ai's error answers, on both kinds of surface.

Codes and statuses from the vendor's error page (2026-09) and issue threads; texts whose exact
wording is not known have two, chosen by the guess switch `wording`. Reset times in texts are UTC+8
without saying so.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ccglm.simulator.answer import Refused

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.request import ApiRequest

BEIJING = timezone(timedelta(hours=8))
JSON_TYPE = "application/json; charset=UTF-8"
OVERLOADED_STATUS = 529


class Text(NamedTuple):
    """Status and wordings of one code; the second wording is the first when it is known."""

    status: int
    first: str
    second: str = ""


_RESET = "Your limit will reset at {reset}"

TEXTS: dict[str, Text] = {
    "500": Text(500, "Internal server error", "Internal Error"),
    "1000": Text(401, "Authentication Failed", "身份验证失败。"),
    "1001": Text(401, "Header中未收到Authorization参数，无法进行身份验证。"),  # noqa: RUF001 - Chinese punctuation
    "1003": Text(401, "Authentication Token expired", "Authentication Token非法"),
    "1113": Text(429, "Insufficient balance or no resource package. Please recharge."),
    "1210": Text(
        400,
        "API parameter error, please check the documentation.",
        "API 调用参数有误，请检查文档。",  # noqa: RUF001 - Chinese punctuation
    ),
    "1211": Text(400, "Unknown Model, please check the model code."),
    "1214": Text(400, "The messages parameter is illegal. Please check the documentation."),
    "1220": Text(403, "No permission to access this API", "您无权访问 {api_name}"),
    "1234": Text(
        500,
        "Network error, error id: {request_id}, please try again later",
        "网络错误，错误id：{request_id}，请稍后重试",  # noqa: RUF001 - Chinese punctuation
    ),
    "1261": Text(400, "Prompt too long"),
    "1301": Text(
        400,
        "System detected potentially unsafe or sensitive content in input or generation.",
        "系统检测到输入或生成内容可能包含不安全或敏感内容",
    ),
    "1302": Text(429, "Rate limit reached for requests"),
    "1305": Text(429, "The service may be temporarily overloaded, please try again later"),
    "1308": Text(429, "Usage limit reached for 5 hour. " + _RESET),
    "1309": Text(
        429,
        "Your GLM Coding Plan package has expired and is temporarily unavailable.",
        "您的编程包套餐已到期，暂无法使用",  # noqa: RUF001 - Chinese punctuation
    ),
    "1310": Text(
        429,
        "Weekly/Monthly Limit Exhausted. " + _RESET,
        "Weekly usage limit reached. " + _RESET,
    ),
    "1311": Text(
        429,
        "The current subscription plan does not yet include access to {model}",
        "当前订阅套餐暂未开放{model}权限",
    ),
    "1313": Text(
        429,
        "Your account is restricted under the fair use policy.",
        "Your usage violates the Fair Use Policy, requests are limited.",
    ),
    **{
        code: Text(
            429, f"Extra usage limit {code} reached. " + _RESET, "Extra usage used up. " + _RESET
        )
        for code in ("1316", "1317", "1318", "1319", "1320", "1321")
    },
}

ALWAYS_THINKS = (
    "This model always engages in thinking and cannot be disabled; please use low, high, or max"
)
_CONTEXT_OLD = "Prompt exceeds max length"
_ANTHROPIC_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    OVERLOADED_STATUS: "overloaded_error",
}
_RESETS_WITHOUT_TYPE = ("1308",)


def request_id(now: datetime) -> str:
    """Return a request id as Z.ai makes them: Beijing time and some hex characters."""
    return now.astimezone(BEIJING).strftime("%Y%m%d%H%M%S") + secrets.token_hex(6)


def beijing_text(when: datetime) -> str:
    """Return a time as Z.ai writes it: UTC+8, no zone."""
    return when.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def refusal(
    code: str,
    request: ApiRequest,
    knobs: Knobs,
    *,
    message: str = "",
    reset_at: datetime | None = None,
    now: datetime | None = None,
) -> Refused:
    """Return the refusal with this code in the form of the surface asked.

    Args:
        code: One of `TEXTS`.
        request: What is refused.
        knobs: Choose between guessed wordings and forms.
        message: Text to use instead of the table's.
        reset_at: When the limit ends, for codes that say so.
        now: Time for the request id; the present if absent.
    """
    text = TEXTS[code]
    identity = request_id(now or datetime.now(UTC))
    template = message or _wording(code, text, request, knobs)
    filled = (
        template.replace("{reset}", beijing_text(reset_at) if reset_at else "")
        .replace("{request_id}", identity)
        .replace("{model}", request.model)
    )
    status = text.status
    if request.surface == "zai_anthropic":
        status = OVERLOADED_STATUS if code == "1305" else status
        body = _anthropic_body(code, status, filled, identity, knobs)
    else:
        body: dict[str, Any] = {"error": {"code": _number(code, knobs), "message": filled}}
        if reset_at is not None:
            body["request_id"] = identity
    return Refused(status, orjson.dumps(body), code=code, message=filled, content_type=JSON_TYPE)


def _wording(code: str, text: Text, request: ApiRequest, knobs: Knobs) -> str:
    if code == "1261":
        if knobs.guess.zai_prompt_too_long == "old":
            return _CONTEXT_OLD
        return "prompt is too long" if request.surface == "zai_anthropic" else text.first
    return text.second if knobs.guess.wording == "second" and text.second else text.first


def _number(code: str, knobs: Knobs) -> str | int:
    return int(code) if knobs.guess.zai_numeric_code else code


def _anthropic_body(
    code: str, status: int, message: str, identity: str, knobs: Knobs
) -> dict[str, Any]:
    if code in _RESETS_WITHOUT_TYPE:
        # Seen 2026-04: the plan's quota error has no outer type, unlike its neighbours.
        error = {"code": _number(code, knobs), "message": message}
        return {"error": error, "request_id": identity}
    named: dict[str, Any] = {
        "type": _ANTHROPIC_TYPES[status],
        "code": _number(code, knobs),
        "message": f"[{code}][{message}][{identity}]",
    }
    return {"type": "error", "error": named, "request_id": identity}


def error_event(request: ApiRequest, now: datetime) -> bytes:
    """Return the stream event of an error after the stream began; its form is a guess."""
    identity = request_id(now)
    message = TEXTS["1234"].first.replace("{request_id}", identity)
    if request.surface != "zai_anthropic":
        return b"data: " + orjson.dumps({"error": {"code": "1234", "message": message}}) + b"\n\n"
    error = {"type": "api_error", "code": "1234", "message": f"[1234][{message}][{identity}]"}
    body = orjson.dumps({"type": "error", "error": error, "request_id": identity})
    return b"event: error\ndata: " + body + b"\n\n"
