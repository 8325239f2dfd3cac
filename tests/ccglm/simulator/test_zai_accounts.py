from typing import Any

import pytest

from ccglm.simulator.answer import Refused
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.zai_accounts import check_key, concurrency_limit, find_account_problem
from ccglm.simulator.zai_models import ZAI_MODELS
from tests.helpers.provider_calls import ZAI_ANTHROPIC, ZAI_CODING, ZAI_OPENAI, a_request


def key_code(path: str = ZAI_OPENAI, headers: dict[str, str] | None = None, **changes: Any) -> str:
    try:
        check_key(a_request(path, None, **(headers or {})), Knobs().patched(changes))
    except Refused as refused:
        return refused.code
    return ""


def account_code(path: str, state: str, model: str = "glm-4.7", **guesses: Any) -> str:
    knobs = Knobs().patched({"keys": {"key": state}, "guess": guesses})
    problem = find_account_problem(a_request(path), ZAI_MODELS[model], knobs)
    return problem.code if problem else ""


def test_keys_are_checked() -> None:
    assert key_code() == ""
    assert key_code(headers={"accept": "*/*"}) == "1001"
    assert key_code(keys={"key": "revoked"}) == "1000"
    assert key_code(keys={"key": "revoked"}, guess={"zai_bad_key_code": "1003"}) == "1003"
    assert key_code(keys={"key": "forbidden"}) == "1220"
    assert key_code(known_keys_only=True) == "1000"


def test_x_api_key_is_taken_on_the_anthropic_surface_as_guessed() -> None:
    headers: dict[str, Any] = {"x-api-key": "key"}
    assert key_code(ZAI_ANTHROPIC, headers) == ""
    assert key_code(ZAI_ANTHROPIC, headers, guess={"zai_x_api_key": "reject"}) == "1001"
    assert key_code(ZAI_OPENAI, headers) == "1001"


@pytest.mark.parametrize(
    ("state", "path", "expected"),
    [
        ("ok", ZAI_CODING, ""),
        ("payg", ZAI_OPENAI, ""),
        ("payg", ZAI_ANTHROPIC, ""),
        ("payg", ZAI_CODING, "1113"),
        ("plan", ZAI_CODING, ""),
        ("plan", ZAI_ANTHROPIC, ""),
        ("plan", ZAI_OPENAI, "1113"),
        ("plan_expired", ZAI_CODING, "1309"),
        ("no_balance", ZAI_OPENAI, "1113"),
    ],
)
def test_kinds_of_keys_and_surfaces(state: str, path: str, expected: str) -> None:
    assert account_code(path, state) == expected


def test_a_model_outside_the_plan_has_two_codes() -> None:
    assert account_code(ZAI_CODING, "plan", "glm-4.6") == "1113"
    assert account_code(ZAI_CODING, "plan", "glm-4.6", zai_off_plan="1311") == "1311"


def test_concurrency_is_by_model_then_for_all() -> None:
    assert concurrency_limit("glm-4.7-flash", Knobs()) == 1
    assert concurrency_limit("glm-4.7", Knobs()) == 3
    assert concurrency_limit("glm-4.7", Knobs(zai_concurrency=0)) == 0
