from __future__ import annotations

import pytest

from callbacks.translate.faults import FAULT_KINDS, FaultKind, ReplyFault
from tests.helpers.anthropic_events import parse_events


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_every_fault_can_be_an_event(kind: FaultKind) -> None:
    fault = ReplyFault(kind, "it broke", retry=True)
    (event,) = parse_events(fault.event())
    wanted = "invalid_request_error" if kind == "context_window" else "api_error"
    assert event == {"type": "error", "error": {"type": wanted, "message": "it broke"}}
    assert str(fault) == "it broke"


def test_a_dialect_may_word_the_event_itself() -> None:
    fault = ReplyFault("cut", "it broke", retry=True, status=429, body={"a": 1})
    (event,) = parse_events(fault.event("overloaded_error", "Cerebras is full"))
    assert event["error"] == {"type": "overloaded_error", "message": "Cerebras is full"}
    assert (fault.status, fault.body) == (429, {"a": 1})
