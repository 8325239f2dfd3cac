from typing import Any

import pytest

from ccglm.simulator.matching import Match
from tests.helpers.provider_calls import CEREBRAS, ZAI_ANTHROPIC, a_body, a_request


def test_no_condition_fits_every_request() -> None:
    assert Match().fits(a_request(CEREBRAS))
    assert Match().fits(a_request(ZAI_ANTHROPIC))


@pytest.mark.parametrize(
    ("fitting", "other"),
    [
        ({"contains": "ell"}, {"contains": "bye"}),
        ({"anywhere": "hello"}, {"anywhere": "bye"}),
        ({"provider": "cerebras"}, {"provider": "zai"}),
        ({"surface": "cerebras"}, {"surface": "zai_anthropic"}),
        ({"model": "zai-glm-4.7"}, {"model": "glm-4.7"}),
        ({"key": "key"}, {"key": "other"}),
        ({"stream": False}, {"stream": True}),
        ({"header": {"authorization": "Bearer key"}}, {"header": {"x-session": "1"}}),
        ({"contains": "hello", "model": "zai-glm-4.7"}, {"contains": "hello", "model": "x"}),
        ({"tool_result": ""}, {"tool_result": "line"}),
    ],
)
def test_each_condition_decides(fitting: dict[str, Any], other: dict[str, Any]) -> None:
    request = a_request(CEREBRAS)
    assert Match.model_validate(fitting).fits(request)
    assert not Match.model_validate(other).fits(request)


def test_tool_results_can_be_matched() -> None:
    body = a_body(CEREBRAS)
    body["messages"].append({"role": "tool", "tool_call_id": "1", "content": "line one"})
    assert Match(tool_result="line one").fits(a_request(CEREBRAS, body))
