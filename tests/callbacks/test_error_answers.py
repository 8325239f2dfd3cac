"""How errors are worded for the client."""

from __future__ import annotations

import orjson
import pytest

from callbacks.dialects.causes import Cause, Fault, Verdict
from callbacks.error_answers import as_body, as_event, context_headers, error_headers, verdict_for
from callbacks.hooks.validity import problem_of
from callbacks.request_context import RequestContext


def a_request(path: str = "/v1/messages", *causes: Cause) -> RequestContext:
    context = RequestContext(path=path, group="main")
    for number, cause in enumerate(causes, start=1):
        hop = context.begin_hop("cerebras/a", f"cerebras/a#{number}", "CEREBRAS_API_KEY")
        hop.end("failed", Fault(cause, "cerebras", "a", "CEREBRAS_API_KEY", "because", 429, 7.0))
    return context


def test_what_the_attempts_met_counts_more_than_what_litellm_says() -> None:
    verdict = verdict_for(a_request("/v1/messages", Cause.REQUEST_QUOTA), 500, b"{}")
    assert (verdict.status, verdict.retry_after_s) == (429, 7)


def test_a_refusal_of_our_own_counts_most() -> None:
    context = a_request("/v1/messages", Cause.REQUEST_QUOTA)
    context.refusal = Verdict(404, "not_found_error", "no such model", None, should_retry=False)
    assert verdict_for(context, 500, b"") is context.refusal


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, b"Authentication Error, sk-1234567890"), (400, b'{"error":{"message":"No connected db.","type":"no_db_connection"}}')],
)  # fmt: skip
def test_a_wrong_token_is_401_whatever_litellm_calls_it(status: int, body: bytes) -> None:
    verdict = verdict_for(a_request(), status, body)
    assert (verdict.status, verdict.error_type, verdict.should_retry) == (
        401,
        "authentication_error",
        False,
    )
    assert "sk-" not in verdict.message


def test_nobody_free_is_an_honest_429() -> None:
    body = b'{"error":{"message":"No deployments available for selected model, Try again in 5 seconds. Passed model=main."}}'
    verdict = verdict_for(a_request(), 429, body)
    assert (verdict.status, verdict.error_type) == (429, "rate_limit_error")
    assert verdict.retry_after_s is not None
    assert "`main`" in verdict.message
    assert "deployments" not in verdict.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (404, "not_found_error"), (413, "request_too_large"), (418, "invalid_request_error"), (500, "api_error"), (503, "overloaded_error")],
)  # fmt: skip
def test_anything_else_keeps_its_status_and_loses_its_class_names(status: int, kind: str) -> None:
    body = b'{"error":{"message":"litellm.BadRequestError: OpenAIException - that went wrong"}}'
    verdict = verdict_for(a_request(), status, body)
    assert (verdict.status, verdict.error_type, verdict.message) == (
        status,
        kind,
        "that went wrong",
    )
    assert verdict_for(a_request(), status, b"").message == "the proxy failed to serve this request"


VERDICT = Verdict(429, "rate_limit_error", "no more", 7, should_retry=True)


def test_anthropic_clients_get_anthropics_envelope() -> None:
    context = a_request()
    assert orjson.loads(as_body(VERDICT, context)) == {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": "no more"},
        "request_id": context.request_id,
    }
    assert as_event(VERDICT, context).startswith(b'event: error\ndata: {"type":"error","error":')


def test_openai_clients_get_openais() -> None:
    context = a_request("/v1/chat/completions")
    error = orjson.loads(as_body(VERDICT, context))["error"]
    assert error == {"message": "no more", "type": "rate_limit_error", "param": None, "code": "429"}
    assert as_event(VERDICT, context).startswith(b'data: {"error":')


def test_headers_say_whether_and_when_to_try_again() -> None:
    assert error_headers(VERDICT) == [(b"retry-after", b"7")]
    final = Verdict(403, "permission_error", "no", None, should_retry=False)
    assert error_headers(final) == [(b"x-should-retry", b"false")]


def test_headers_say_who_served_and_why_not_the_first() -> None:
    context = a_request("/v1/messages", Cause.REQUEST_QUOTA)
    assert [name for name, _ in context_headers(context)] == [b"x-ccglm-request-id"]
    context.begin_hop("zai/b", "zai/b#1", "ZAI_API_KEY")
    headers = dict(context_headers(context))
    assert headers[b"x-ccglm-served-by"] == b"zai/b"
    assert headers[b"x-ccglm-fallback"] == b"request_quota"


def test_what_programs_act_on_stands_beside_the_words() -> None:
    words = problem_of(
        {"messages": [{"role": "user", "content": ""}], "thread": {"type": "create"}}
    )
    verdict = Verdict(400, "invalid_request_error", words or "", None, should_retry=False)
    error = orjson.loads(as_body(verdict, a_request()))["error"]
    assert error["details"] == {"error_code": "thread_unsupported_request"}
    plain = Verdict(400, "invalid_request_error", "no", None, should_retry=False)
    assert "details" not in orjson.loads(as_body(plain, a_request()))["error"]
