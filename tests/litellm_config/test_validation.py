from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.settings import Settings
from litellm_config.validation import Validated, validate
from litellm_config.yaml_text import YamlSource, read_yaml

GOOD = "providers: {zai: {keys: [ZAI_API_KEY]}}\nmodels: {main: [zai/glm-4.7]}\n"


def validated(text: str) -> Validated:
    source = read_yaml(text, "ccglm.yaml")
    assert isinstance(source, YamlSource)
    return validate(source.data, source, [])


def messages(text: str) -> list[str]:
    return [str(problem).removeprefix("ccglm.yaml:") for problem in validated(text).problems]


def test_good_settings_have_no_problem() -> None:
    outcome = validated(GOOD)
    assert outcome.problems == []
    assert isinstance(outcome.draft, Settings)


def test_a_section_that_is_empty_means_its_defaults() -> None:
    outcome = validated(GOOD + "server:\nlimits:\n")
    assert outcome.problems == []
    assert outcome.draft is not None
    assert outcome.draft.server.port == 4000


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sever: {port: 1}", "3  sever  unknown key, did you mean `server`?"),
        ("server: {prot: 1}", "3  server.prot  unknown key, did you mean `port`?"),
        ("server: {xyzzy: 1}", "3  server.xyzzy  unknown key, known are `host`, `port`, `pace_ms`"),
        ("router_settings: {}", "3  router_settings  this is LiteLLM's; it belongs below `litellm:`"),
        ("routes: {long_context: {above: 1, to: x}}", "unknown key, did you mean `above_tokens`?"),
        ("routes: {long_context: {to: x}}", "3  routes.long_context.above_tokens  is missing"),
        ("model_facts: {a/b: {contxt_tokens: 1}}", "unknown key, did you mean `context_tokens`?"),
        ("server: {port: many}", "3  server.port  must be a whole number, not `many`"),
        ("server: {port: 0}", "3  server.port  must be at least 1, not `0`"),
        ("server: {port: 70000}", "3  server.port  must be at most 65535, not `70000`"),
        ("server: {ping_s: 0}", "3  server.ping_s  must be greater than 0, not `0`"),
        ("limits: {safety_margin: 1}", "3  limits.safety_margin  must be less than 1, not `1`"),
        ("temperature: {cap: hot}", "3  temperature.cap  must be a number, not `hot`"),
        ("logging: {content: maybe}", "3  logging.content  must be true or false, not `maybe`"),
        ("prompt: {prefix: 7}", "3  prompt.prefix  must be text, not `7`"),
        ("prompt: {prefix: true}", "3  prompt.prefix  must be text, not `true`"),
        ("extra_models: zai/glm-5", "3  extra_models  must be a list, such as `[a, b]`, not `zai/g"),
        ("server: 4000", "3  server  must be a mapping of `key: value` lines, not `4000`"),
        ("aliases: [a]", "3  aliases  must be a mapping of `key: value` lines"),
        ("aliases: {a: ''}", "3  aliases.a  must not be empty"),
        (
            "limits: {strategy: least_use}",
            "is not one of `round_robin`, `least_used`, `weighted`, did you mean `least_used`?",
        ),
        ("logging: {level: [x]}", "3  logging.level  this is not one of `debug`, `info`"),
    ],
)  # fmt: skip
def test_every_mistake_is_explained(line: str, message: str) -> None:
    found = messages(GOOD + line + "\n")
    assert any(message in text for text in found)
    assert all(text.startswith("3  ") for text in found)


def test_all_mistakes_are_found_at_once() -> None:
    text = "provders: {}\nmodels: {main: x}\nserver: {port: x, hots: y}\n"
    assert [message.split("  ")[:2] for message in messages(text)] == [
        ["1", "providers"],
        ["2", "models.main"],
        ["3", "server.port"],
        ["3", "server.hots"],
        ["1", "provders"],
    ]


def test_what_is_left_can_be_checked_further() -> None:
    outcome = validated(GOOD + "server: {port: x, host: h}\nextra_models: [1, zai/glm-5, 2]\n")
    assert len(outcome.problems) == 3
    assert outcome.draft is not None
    assert (outcome.draft.server.host, outcome.draft.server.port) == ("h", 4000)
    assert outcome.draft.extra_models == ("zai/glm-5",)


def test_an_empty_item_is_taken_out_of_its_list() -> None:
    outcome = validated(GOOD + "extra_models:\n  -\n  - zai/glm-5\n")
    assert [problem.message for problem in outcome.problems] == ["must be text"]
    assert outcome.draft is not None
    assert outcome.draft.extra_models == ("zai/glm-5",)


def test_a_mistake_without_a_sentence_of_ours_has_pydantics() -> None:
    data = {"providers": {"zai": {}}, "models": {"main": ["zai/x"]}, "litellm": {"x": object()}}
    outcome = validate(data, YamlSource("f", "", {}, {}), [])
    assert outcome.problems[0].message == "input was not a valid JSON value"


def test_without_the_required_parts_nothing_is_left() -> None:
    assert validated("server: {port: 1}\n").draft is None


def test_a_key_that_was_pasted_in_is_not_shown() -> None:
    outcome = validated("providers: {zai: {keys: sk-secret-value}}\nmodels: {main: [zai/x]}\n")
    assert "sk-secret-value" not in str(outcome.problems)
    assert outcome.problems[0].message == "must be a list, such as `[a, b]`"


def test_known_broken_places_are_not_reported_again() -> None:
    source = read_yaml(GOOD + "server: {port: $PORT}\n", "f")
    assert isinstance(source, YamlSource)
    outcome = validate(source.data, source, [("server", "port"), ("nowhere", 0, "x")])
    assert outcome.problems == []
    assert outcome.draft is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
keys = st.sampled_from([*Settings.model_fields, "other"])


@given(st.dictionaries(keys, json_values))
def test_any_data_is_taken_or_explained(data: dict[str, Any]) -> None:
    outcome = validate(data, YamlSource("f", "", data, {}), [])
    assert outcome.draft is not None or outcome.problems
