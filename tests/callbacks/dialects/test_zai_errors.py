"""Z.ai's numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from callbacks.dialects.causes import Cause
from callbacks.dialects.zai_anthropic import ZaiAnthropic
from callbacks.dialects.zai_errors import cause_of_code
from callbacks.dialects.zai_openai import ZaiOpenAI
from tests.helpers.dialects import ZAI_FACTS, a_refusal, a_target, facts

TARGET = a_target(facts(ZAI_FACTS))
DOCUMENTED = {
    500: Cause.SERVER_ERROR, 1000: Cause.AUTH, 1001: Cause.AUTH, 1003: Cause.AUTH, 1005: Cause.AUTH, 1113: Cause.BALANCE,
    1200: Cause.SERVER_ERROR, 1230: Cause.SERVER_ERROR, 1234: Cause.SERVER_ERROR, 1210: Cause.BAD_REQUEST,
    1212: Cause.BAD_REQUEST, 1213: Cause.BAD_REQUEST, 1214: Cause.BAD_REQUEST, 1215: Cause.BAD_REQUEST,
    1211: Cause.MODEL_MISSING, 1220: Cause.PERMISSION, 1221: Cause.MODEL_MISSING, 1222: Cause.MODEL_MISSING,
    1261: Cause.CONTEXT_OVERFLOW, 1301: Cause.CONTENT_FILTER, 1302: Cause.CONCURRENCY, 1305: Cause.OVERLOADED,
    1308: Cause.PLAN_QUOTA, 1309: Cause.PLAN_REFUSED, 1310: Cause.PLAN_QUOTA, 1311: Cause.PLAN_REFUSED,
    1313: Cause.PLAN_REFUSED, 1314: Cause.PLAN_REFUSED, 1315: Cause.PLAN_REFUSED,
    **dict.fromkeys(range(1316, 1322), Cause.PLAN_QUOTA),
}  # fmt: skip


@pytest.mark.parametrize(("code", "cause"), DOCUMENTED.items())
def test_every_documented_number_has_a_cause(code: int, cause: Cause) -> None:
    for body in (
        f'{{"error":{{"code":"{code}","message":"m"}}}}',
        f'{{"error":{{"code":{code},"message":"m"}}}}',
        f'{{"type":"error","error":{{"type":"x","message":"[{code}][m][20261120]"}}}}',
    ):
        assert cause_of_code(a_refusal(429, body)) is cause


def test_an_unknown_number_is_left_to_the_status() -> None:
    assert cause_of_code(a_refusal(429, '{"error":{"code":"9999","message":"m"}}')) is None


@pytest.mark.parametrize(
    "words", ["Prompt exceeds max length", "Prompt too long", "prompt is too long"]
)
def test_an_overflow_is_known_by_its_words(words: str) -> None:
    refusal = a_refusal(400, f'{{"error":{{"message":"{words}"}}}}')
    fault = ZaiOpenAI().fault(refusal, TARGET)
    assert fault.sentence == "prompt is too long: 204801 tokens > 204800 maximum"


@pytest.mark.parametrize("dialect", [ZaiOpenAI(), ZaiAnthropic()])
def test_a_plan_rests_until_the_beijing_time_in_the_text(dialect: ZaiOpenAI | ZaiAnthropic) -> None:
    text = "Usage limit reached for 5 hour. Your limit will reset at 2026-11-21 06:28:10"
    fault = dialect.fault(
        a_refusal(429, f'{{"error":{{"code":"1308","message":"{text}"}}}}'), TARGET
    )
    assert fault.until == datetime(2026, 11, 20, 22, 28, 10, tzinfo=UTC)
    assert text in fault.sentence


def test_a_time_in_another_error_is_no_reset_time() -> None:
    body = '{"error":{"code":"1302","message":"busy at 2026-11-21 06:28:10"}}'
    assert ZaiOpenAI().fault(a_refusal(429, body), TARGET).until is None
