"""Where requests go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callbacks.hooks.routing import (
    Route,
    Routing,
    UnknownModelError,
    WebSearchRefusedError,
    has_new_image,
    is_web_search,
    wants_thinking,
)
from litellm_config.hook_settings import RouteSettings
from tests.helpers.dialects import hook_settings

USER = {"role": "user", "content": "hi"}
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": ""}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}


def route(name: str, routes: RouteSettings | None = None, agent_id: str = "", **body: Any) -> Route:
    settings = hook_settings(routes=routes or RouteSettings())
    request = {"model": name, "messages": [USER], **body}
    return Routing(settings).route(request, agent_id=agent_id)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("main", Route("main", "main", "role")),
        ("opus", Route("main", "main", "alias")),
        ("claude-haiku-4-5", Route("fast", "fast", "glob")),
        ("claude-opus-9[1m]", Route("main", "main", "glob")),
        ("zai/glm-4.7", Route("zai/glm-4.7", "", "member")),
        ("zai,glm-4.7", Route("zai/glm-4.7", "", "pair")),
        ("glm-4.5-air", Route("zai/glm-4.5-air", "", "model_id")),
    ],
)
def test_every_name_becomes_a_group(name: str, expected: Route) -> None:
    assert route(name) == expected


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(
        UnknownModelError, match=r"no model `zai/nothing` here; there are `main`, `fast`, "
    ):
        route("zai/nothing")
    with pytest.raises(UnknownModelError):
        Routing(hook_settings()).group_of("zai/nothing")


def test_kinds_of_requests_go_where_the_settings_say() -> None:
    image = [{"role": "user", "content": [IMAGE]}]
    assert route("opus", RouteSettings(image="zai/x"), messages=image).group == "zai/x"
    long = RouteSettings(long_context="zai/glm-4.7", long_context_above_tokens=1000)
    assert (
        route("opus", long, messages=[{"role": "user", "content": "word " * 4000}]).why
        == "long_context"
    )
    assert route("opus", long).group == "main"
    assert route("opus", RouteSettings(subagent="fast"), agent_id="a1") == Route(
        "fast", "fast", "subagent"
    )
    think = RouteSettings(think="zai/glm-4.7")
    assert route("opus", think, thinking={"type": "enabled", "budget_tokens": 9}).why == "think"
    assert route("opus", think, output_config={"effort": "max"}).why == "think"
    assert route("opus", think, thinking={"type": "disabled"}).group == "main"


def test_the_small_model_goes_to_the_background_unless_it_has_an_alias() -> None:
    background = RouteSettings(background="zai/glm-4.5-air")
    assert route("claude-haiku-4-5", background).group == "fast"
    settings = hook_settings(routes=background)
    table = settings.aliases.model_copy(update={"globs": {"*": "main"}})
    plain = Routing(settings.model_copy(update={"aliases": table}))
    assert plain.route({"model": "claude-haiku-4-5", "messages": [USER]}).why == "background"


def test_a_model_asked_for_by_name_is_never_exchanged() -> None:
    routes = RouteSettings(image="main", think="main", subagent="main")
    asked = route("zai/glm-4.7", routes, "a1", messages=[{"role": "user", "content": [IMAGE]}])
    assert asked.group == "zai/glm-4.7"


@pytest.mark.parametrize("mode", ["refuse", "deny"])
def test_a_web_search_is_refused(mode: Any) -> None:
    with pytest.raises(WebSearchRefusedError, match="web search is not available"):
        route("opus", RouteSettings(web_search=mode), tools=[SEARCH])


def test_a_web_search_goes_to_who_can() -> None:
    searched = route("opus", RouteSettings(web_search="zai"), tools=[SEARCH])
    assert searched == Route("zai/glm-4.7", "", "web_search")


def test_a_web_search_among_other_tools_is_not_the_side_request() -> None:
    assert is_web_search({"tools": [SEARCH]})
    assert not is_web_search({"tools": [SEARCH, {"name": "Read"}]})
    assert not is_web_search({"tools": []})
    assert route("opus", tools=[SEARCH, {"name": "Read"}]).group == "main"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([{"role": "user", "content": [IMAGE]}], True),
        ([{"role": "user", "content": [{"type": "tool_result", "content": [IMAGE]}]}], True),
        ([{"role": "user", "content": [{"type": "image_url"}]}], True),
        ([{"role": "user", "content": [IMAGE]}, {"role": "assistant", "content": "seen"}, USER], False),
        ([{"role": "user", "content": [IMAGE]}, {"role": "system", "content": "note"}], True),
        ([USER], False),
    ],
)  # fmt: skip
def test_an_image_counts_while_it_is_new(messages: list[Any], expected: bool) -> None:
    assert has_new_image({"messages": messages}) is expected


def test_adaptive_thinking_alone_is_no_wish() -> None:
    assert not wants_thinking({"thinking": {"type": "adaptive"}})
    assert wants_thinking({"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}})


def custom(tmp_path: Path, returns: str, name: str = "opus", **body: Any) -> Route:
    rule = tmp_path / "rule.py"
    rule.write_text(f"def rule(request):\n    return {returns}\n")
    return route(name, RouteSettings(custom=f"{rule}:rule"), agent_id="a1", **body)


def test_the_users_rule_comes_first_and_may_name_a_role_or_a_model(tmp_path: Path) -> None:
    assert custom(tmp_path, "'fast'") == Route("fast", "fast", "custom")
    assert custom(tmp_path, "'zai,glm-4.7'") == Route("zai/glm-4.7", "", "custom")
    assert custom(tmp_path, "None") == Route("main", "main", "alias")
    assert custom(tmp_path, "'nobody-has-this/x'") != Route("nobody-has-this/x", "", "custom")


def test_who_names_a_model_is_not_asked_about(tmp_path: Path) -> None:
    assert custom(tmp_path, "'fast'", "zai/glm-4.7").group == "zai/glm-4.7"


@pytest.mark.parametrize(
    ("content", "seen"),
    [("words", "words"), ([{"type": "text", "text": "words"}, IMAGE], "words"), ([IMAGE], "")],
)
def test_the_users_rule_sees_a_summary(tmp_path: Path, content: Any, seen: str) -> None:
    check = f"'fast' if request.last_text == {seen!r} and request.tools == ('Read',) and request.agent_id == 'a1' and request.messages == 2 else None"  # fmt: skip
    messages = [{"role": "user", "content": content}, {"role": "assistant", "content": "ok"}]
    found = custom(tmp_path, check, messages=messages, tools=[{"name": "Read"}])
    assert found.why == "custom"


def test_a_name_nobody_has_is_ignored(tmp_path: Path) -> None:
    rule = tmp_path / "rule.py"
    rule.write_text("def rule(request):\n    return 'zai/unknown'\n")
    assert route("opus", RouteSettings(custom=f"{rule}:rule")).why == "alias"
