"""What an answer says about an account."""

from __future__ import annotations

import pytest

from ccglm.doctor.account_trouble import Trouble, trouble_of
from ccglm.doctor.provider_calls import CallAnswer, ProviderCall

CALL = ProviderCall("zai", "glm-4.7", "http://x", "key", "ZAI_API_KEY", {})


@pytest.mark.parametrize(
    ("status", "code", "said", "trouble"),
    [
        (200, "", "", Trouble.NONE),
        (0, "", "connection refused", Trouble.UNREACHABLE),
        (401, "wrong_api_key", "Wrong API key", Trouble.KEY),
        (403, "1220", "", Trouble.KEY),
        (402, "payment_required", "", Trouble.BALANCE),
        (429, "1113", "Insufficient balance", Trouble.BALANCE),
        (429, "1309", "expired", Trouble.PLAN),
        (429, "1308", "5 hour", Trouble.QUOTA),
        (429, "1321", "", Trouble.QUOTA),
        (429, "1302", "", Trouble.BUSY),
        (529, "1305", "", Trouble.BUSY),
        (429, "request_quota_exceeded", "Requests per minute limit exceeded", Trouble.BUSY),
        (429, "request_quota_exceeded", "Requests per day limit exceeded", Trouble.QUOTA),
        (429, "token_quota_exceeded", "Tokens per hour limit exceeded", Trouble.QUOTA),
        (404, "model_not_found", "", Trouble.MODEL),
        (400, "1211", "", Trouble.MODEL),
        (500, "", "", Trouble.OTHER),
        (400, "1210", "", Trouble.OTHER),
    ],
)
def test_code_and_status_name_the_trouble(
    status: int, code: str, said: str, trouble: Trouble
) -> None:
    assert trouble_of(CallAnswer(CALL, status, code, said)) is trouble
