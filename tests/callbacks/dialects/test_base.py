"""What all dialects share: statuses, broken answers, overflow wording."""

from __future__ import annotations

import pytest

from callbacks.dialects.base import cause_of_status, overflow_wording, read_refusal
from callbacks.dialects.causes import Cause
from callbacks.dialects.cerebras import Cerebras
from callbacks.translate.context import ReplyContext
from callbacks.translate.faults import FAULT_KINDS, ReplyFault
from tests.helpers.dialects import CEREBRAS_FACTS, a_refusal, a_target, facts

CONTEXT = ReplyContext("main", "msg_1", estimated_input_tokens=5000)
TARGET = a_target(facts(CEREBRAS_FACTS))


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (400, "", Cause.BAD_REQUEST),
        (401, "", Cause.AUTH),
        (402, "", Cause.PAYMENT),
        (403, "<html>", Cause.PERMISSION),
        (404, "", Cause.MODEL_MISSING),
        (404, "<html><title>404 Not Found</title></html>", Cause.EDGE_ERROR),
        (408, "", Cause.TIMEOUT),
        (413, "", Cause.BODY_TOO_LARGE),
        (418, "", Cause.BAD_REQUEST),
        (422, "", Cause.BAD_REQUEST),
        (429, "", Cause.REQUEST_QUOTA),
        (500, "", Cause.SERVER_ERROR),
        (502, "<html><title>502</title></html>", Cause.EDGE_ERROR),
        (503, "", Cause.OVERLOADED),
        (529, "", Cause.OVERLOADED),
        (None, "", Cause.SERVER_ERROR),
    ],
)
def test_a_status_alone_names_a_cause(status: int | None, body: str, cause: Cause) -> None:
    assert cause_of_status(a_refusal(status, body)) is cause


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_every_fault_of_an_answer_has_a_cause(kind: str) -> None:
    fault = ReplyFault(kind, "it went wrong", retry=True)  # pyright: ignore[reportArgumentType]
    explained = Cerebras().reply_fault(fault, TARGET, CONTEXT)
    assert isinstance(explained.cause, Cause)
    assert explained.detail


def test_an_error_object_in_a_stream_is_read_like_an_answer() -> None:
    body = {"error": {"message": "We're busy", "code": "queue_exceeded"}, "status_code": 429}
    fault = ReplyFault(
        "upstream_error", "the provider reported an error", retry=True, status=429, body=body
    )
    explained = Cerebras().reply_fault(fault, TARGET, CONTEXT)
    assert (explained.cause, explained.status, explained.detail) == (
        Cause.QUEUE_FULL,
        429,
        "We're busy",
    )


def test_a_tool_call_beyond_repair_is_not_asked_for_again() -> None:
    fault = ReplyFault("bad_tool_call", "the arguments are no JSON", retry=False)
    assert Cerebras().reply_fault(fault, TARGET, CONTEXT).cause is Cause.STREAM_FAULT


def test_a_full_window_in_a_stream_makes_the_client_compact() -> None:
    fault = ReplyFault("context_window", "prompt is too long", retry=False)
    explained = Cerebras().reply_fault(fault, TARGET, CONTEXT)
    assert explained.sentence == "prompt is too long: 131073 tokens > 131072 maximum"


def test_the_wording_always_names_more_tokens_than_fit() -> None:
    assert (
        overflow_wording(140_000, 131_072) == "prompt is too long: 140000 tokens > 131072 maximum"
    )
    assert overflow_wording(100, 131_072) == "prompt is too long: 131073 tokens > 131072 maximum"


def test_a_refusal_without_words_still_says_something() -> None:
    refusal = read_refusal(500, {}, b"", CONTEXT, 100)
    assert (
        Cerebras().fault(refusal, TARGET).sentence == "Cerebras failed: HTTP 500 without a message"
    )
    assert (refusal.estimated_tokens, refusal.reserved_tokens) == (5000, 100)


def test_a_key_is_never_in_the_representation_of_a_target() -> None:
    assert "the-key" not in repr(TARGET)
