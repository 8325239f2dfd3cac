from typing import Any

import pytest

from ccglm.simulator.answer import Refused
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.zai_checks import asks_to_think, thinking_type, validate
from ccglm.simulator.zai_models import ZAI_MODELS
from tests.helpers.provider_calls import ZAI_ANTHROPIC, ZAI_CODING, ZAI_OPENAI, a_body, a_request

USER = {"role": "user", "content": "hello"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "Read", "arguments": "{}"}}


def code(path: str = ZAI_OPENAI, guesses: dict[str, Any] | None = None, **more: Any) -> str:
    """Return the code a body is refused with, or the empty string."""
    knobs = Knobs().patched({"guess": guesses or {}})
    try:
        validate(a_request(path, a_body(path, **more)), knobs)
    except Refused as refused:
        return refused.code
    return ""


def test_unknown_properties_are_ignored() -> None:
    assistant = {
        "role": "assistant",
        "content": "hi",
        "reasoning_content": "hm",
        "thinking_blocks": [],
    }
    assert code(messages=[USER, assistant, USER], top_k=1, store=True) == ""


@pytest.mark.parametrize("model", ["glm-5.3[1m]", "claude-opus-5-5", ""])
def test_an_unknown_model_is_1211(model: str) -> None:
    assert code(model=model) == "1211"


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "assistant", "content": "hi"}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": []}],
        [{"role": "user", "content": [{"type": "text", "text": ""}]}],
        [{"role": "user"}],
        [USER, {"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}],
    ],
)
def test_illegal_messages_are_1214(messages: list[dict[str, Any]]) -> None:
    assert code(messages=messages) == "1214"


@pytest.mark.parametrize(
    "assistant",
    [
        {"role": "assistant", "tool_calls": [CALL]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
    ],
)
def test_an_assistant_that_calls_a_tool_needs_no_content(assistant: dict[str, Any]) -> None:
    result = {"role": "tool", "tool_call_id": "call_1", "content": "x"}
    assert code(messages=[USER, assistant, result]) == ""


@pytest.mark.parametrize(
    "more",
    [
        {"temperature": 1.1},
        {"temperature": "hot"},
        {"top_p": 0.001},
        {"max_tokens": 131_073},
        {"stop": list("abcde")},
        {"stop_sequences": list("abcde")},
        {"tools": [{"type": "function", "function": {"name": f"t{i}"}} for i in range(129)]},
        {"user_id": "short"},
    ],
)
def test_parameters_out_of_range_are_1210(more: dict[str, Any]) -> None:
    assert code(**more) == "1210"


def test_parameters_at_their_limits_are_fine() -> None:
    more: dict[str, Any] = {
        "temperature": 0,
        "top_p": 0.01,
        "max_tokens": 131_072,
        "stop": "abcde",
        "user_id": "sixsix",
    }
    assert code(**more) == ""


def test_a_prompt_that_does_not_fit_is_1261() -> None:
    assert code(text="x" * 3_600 * 206) == "1261"
    assert code(text="x" * 3_600 * 206, model="glm-5.3") == ""


@pytest.mark.parametrize("path", [ZAI_OPENAI, ZAI_CODING, ZAI_ANTHROPIC])
def test_switching_thinking_off_is_refused_on_one_surface_only(path: str) -> None:
    more: dict[str, Any] = {"model": "glm-5.3", "thinking": {"type": "disabled"}}
    assert code(path, **more) == ("1210" if path == ZAI_OPENAI else "")
    assert code(path, thinking={"type": "disabled"}) == ""


def test_odd_efforts_are_refused_or_taken_as_guessed() -> None:
    more: dict[str, Any] = {"model": "glm-5.3", "reasoning_effort": "xhigh"}
    assert code(**more) == "1210"
    assert code(guesses={"zai_odd_effort": "max"}, **more) == ""
    assert code(model="glm-5.3", reasoning_effort="max") == ""
    assert code(reasoning_effort="xhigh") == ""
    assert code(ZAI_ANTHROPIC, model="glm-5.3", output_config={"effort": "xhigh"}) == ""


DOUBLED = [USER, {"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]
ODD_ID = [USER, {"role": "assistant", "tool_calls": [{**CALL, "id": "functions.Read:0"}]}]
ODD_BLOCK = [
    USER,
    {"role": "assistant", "content": [{"type": "tool_use", "id": "odd", "name": "R"}]},
]
UNSIGNED = [{"role": "assistant", "content": [{"type": "thinking", "thinking": "x"}]}, USER]
SYSTEM_LIST = [{"role": "system", "content": [{"type": "text", "text": "x"}]}, USER]


def test_a_system_message_among_messages_is_a_guess_on_the_anthropic_surface() -> None:
    messages = [USER, {"role": "system", "content": "note"}]
    reject = {"zai_system_role": "reject"}
    assert code(ZAI_ANTHROPIC, messages=messages) == ""
    assert code(ZAI_ANTHROPIC, reject, messages=messages) == "1214"
    assert code(ZAI_OPENAI, reject, messages=messages) == ""


@pytest.mark.parametrize(
    ("guess", "more"),
    [
        ("zai_empty_content", {"messages": [{"role": "user", "content": ""}]}),
        ("zai_consecutive_assistants", {"messages": DOUBLED}),
        ("zai_tool_ids", {"messages": ODD_ID}),
        ("zai_tool_ids", {"messages": ODD_BLOCK}),
        ("zai_empty_signature", {"messages": UNSIGNED}),
        ("zai_system_array", {"messages": SYSTEM_LIST}),
        ("zai_user_id", {"user_id": "x"}),
    ],
)
def test_guessed_refusals_can_be_switched(guess: str, more: dict[str, Any]) -> None:
    assert code(guesses={guess: "reject"}, **more) in ("1210", "1214")
    assert code(guesses={guess: "accept"}, **more) == ""


@pytest.mark.parametrize("choice", ["required", {"type": "function"}, {"type": "any"}])
def test_a_tool_choice_other_than_auto_is_ignored_or_refused(choice: Any) -> None:
    assert code(tool_choice=choice) == ""
    assert code(guesses={"zai_tool_choice": "reject"}, tool_choice=choice) == "1210"


@pytest.mark.parametrize("choice", ["auto", {"type": "auto"}])
def test_auto_is_always_fine(choice: Any) -> None:
    assert code(guesses={"zai_tool_choice": "reject"}, tool_choice=choice) == ""


def thinks(model: str = "glm-4.7", guesses: dict[str, Any] | None = None, **more: Any) -> bool:
    knobs = Knobs().patched({"guess": guesses or {}})
    request = a_request(ZAI_CODING, a_body(ZAI_CODING, model=model, **more))
    return asks_to_think(request, ZAI_MODELS[model], knobs)


def test_thinking_is_asked_for_by_type_or_effort_and_always_there_on_some() -> None:
    assert not thinks()
    assert thinks(thinking={"type": "enabled"})
    assert thinks(reasoning_effort="high")
    assert not thinks(thinking={"type": "disabled"})
    assert thinks("glm-5.3")
    assert not thinks("glm-4-32b-0414-128k", thinking={"type": "enabled"})


def test_whether_disabled_is_honoured_on_an_always_thinking_model_is_a_guess() -> None:
    more: dict[str, Any] = {"thinking": {"type": "disabled"}}
    assert thinks("glm-5.3", **more)
    assert not thinks("glm-5.3", {"zai_coding_disabled_thinking": "honour"}, **more)


def test_the_thinking_type_of_an_odd_value_is_none() -> None:
    assert thinking_type({"thinking": {"type": "enabled"}}) == "enabled"
    assert thinking_type({"thinking": True}) is None
    assert thinking_type({}) is None
