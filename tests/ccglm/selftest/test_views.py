"""The self test in words and as data."""

from __future__ import annotations

from ccglm.result import Table
from ccglm.selftest.asking import Tokens
from ccglm.selftest.run import Plan, SelfTest
from ccglm.selftest.steps import Outcome, State
from ccglm.selftest.views import announcement, verdict, view
from tests.helpers.model_facts import some_facts

GOOD = Outcome("zai/a", "text", State.OK, "4 characters", 1234.56)
SKIPPED = Outcome("zai/a", "thinking", State.SKIPPED, "it is not known to think")
BAD = Outcome("zai/b", "text", State.FAILED, "500: broken", 20.0)
TOKENS = {"zai/a": Tokens(1000, 20), "zai/b": Tokens(500, 0)}


def test_the_cost_comes_first() -> None:
    told = announcement(Plan({"zai/a": some_facts(), "zai/b": some_facts()}))
    assert told == (
        "asks zai/a, zai/b through the running proxy:\nabout 12,000 tokens, 0.0180 USD at list price"
    )
    large = announcement(Plan({"zai/a": some_facts(input_usd_per_mtok=None)}, overflow=True))
    assert "about 6,000 tokens\nand sends about 1,250 tokens" in large


def test_a_line_for_each_question_and_the_sum() -> None:
    result = view(SelfTest((GOOD, SKIPPED, BAD), TOKENS))
    table, _, total = result.blocks
    assert isinstance(table, Table)
    assert [tuple(row) for row in table.rows] == [
        ("zai/a", "text", "ok", "1.2 s", "4 characters"),
        ("zai/a", "thinking", "skip", "", "it is not known to think"),
        ("zai/b", "text", "fail", "20 ms", "500: broken"),
    ]
    assert total == "1 of 2 right; 1,500 tokens read, 20 written"


def test_the_verdict_carries_the_document() -> None:
    assert verdict(SelfTest((GOOD, SKIPPED), TOKENS)) is None
    failure = verdict(SelfTest((GOOD, BAD), TOKENS))
    assert failure is not None
    assert (failure.message, int(failure.exit_code)) == ("1 test failed on zai/b", 1)
    assert failure.data["passed"] is False
    assert failure.data["tokens"] == {
        "zai/a": {"input": 1000, "output": 20},
        "zai/b": {"input": 500, "output": 0},
    }
    results = failure.data["results"]
    assert isinstance(results, list)
    assert results[0] == {
        "model": "zai/a", "test": "text", "state": "ok", "detail": "4 characters", "duration_ms": 1234.6,
    }  # fmt: skip
