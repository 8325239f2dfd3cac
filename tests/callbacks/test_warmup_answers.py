"""The canned answers are answers: our own translators take them."""

from __future__ import annotations

import orjson
import pytest

from callbacks.dialects.choice import dialect_for
from callbacks.translate.context import ReplyContext
from callbacks.warmup_answers import CANNED, Canned


@pytest.mark.parametrize("canned", CANNED, ids=lambda canned: canned.provider)
def test_each_is_a_good_answer(canned: Canned) -> None:
    dialect = dialect_for(canned.provider, f"http://127.0.0.1{canned.base_path}")
    assert dialect is not None
    context = ReplyContext("warm", "msg_1")
    assert dialect.message(orjson.loads(canned.whole), context)["content"][0]["text"] == "ok"
    stream = dialect.stream(context)
    assert b'"text":"ok"' in stream.feed(canned.stream) + stream.finish()
    assert (stream.done, stream.fault) == (True, None)
