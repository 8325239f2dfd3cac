from __future__ import annotations

import base64
from dataclasses import FrozenInstanceError

import pytest

from callbacks.translate.context import OWN_SIGNATURE, ReplyContext


def test_our_signature_looks_like_any_other() -> None:
    assert base64.b64decode(OWN_SIGNATURE, validate=True)


def test_a_context_of_one_attempt_never_changes() -> None:
    context = ReplyContext("claude-x", "msg_1")
    assert (context.stop_sequences, context.tool_schemas, context.signature_tag) == ((), {}, "")
    with pytest.raises(FrozenInstanceError):
        context.message_id = "msg_2"  # pyright: ignore[reportAttributeAccessIssue]
