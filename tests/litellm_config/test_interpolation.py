from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.interpolation import Interpolated, interpolate
from litellm_config.yaml_text import YamlSource, read_yaml, write_yaml


def filled(data: dict[str, Any], **variables: str) -> Interpolated:
    source = read_yaml(write_yaml(data), "ccglm.yaml")
    assert isinstance(source, YamlSource)
    return interpolate(source, variables)


def test_both_forms_are_filled_in_anywhere_in_a_value() -> None:
    result = filled(
        {"a": {"b": ["x-${ONE}-$TWO/y"]}, "n": 1, "plain": "no variable"}, ONE="1", TWO="two"
    )
    assert result.data == {"a": {"b": ["x-1-two/y"]}, "n": 1, "plain": "no variable"}
    assert result.problems == []


def test_a_doubled_dollar_is_a_plain_one_and_a_lone_dollar_stays() -> None:
    assert filled({"a": "$$HOME costs $5 and $"}, HOME="x").data == {"a": "$HOME costs $5 and $"}


def test_every_unset_variable_is_a_problem_with_its_line() -> None:
    result = filled({"a": "${ONE}", "b": {"c": "$TWO", "d": "$EMPTY"}}, EMPTY="")
    assert [str(problem) for problem in result.problems] == [
        "ccglm.yaml:1  a  the variable `ONE` is not set; add it to `.env` or export it",
        "ccglm.yaml:3  b.c  the variable `TWO` is not set; add it to `.env` or export it",
        "ccglm.yaml:4  b.d  the variable `EMPTY` is not set; add it to `.env` or export it",
    ]
    assert result.broken == [("a",), ("b", "c"), ("b", "d")]


def test_a_secret_is_never_copied_into_a_value() -> None:
    result = filled({"prompt": {"prefix": "use $MY_API_KEY"}}, MY_API_KEY="hunter2hunter2")
    assert "looks like a secret" in result.problems[0].message
    assert "hunter2" not in f"{result}"


def test_a_key_is_named_not_filled_in() -> None:
    result = filled({"providers": {"zai": {"keys": ["${ZAI_API_KEY}"]}}}, ZAI_API_KEY="hunter2")
    assert result.problems[0].message == "write the variable's name without `$`: `ZAI_API_KEY`"
    assert result.data["providers"]["zai"]["keys"] == ["ZAI_API_KEY"]
    half = filled({"providers": {"zai": {"keys": ["x$ZAI_API_KEY"]}}}, ZAI_API_KEY="hunter2")
    assert half.problems[0].message == "a key is the name of a variable, without `$`"
    assert "hunter2" not in f"{result}"


def test_below_litellm_a_variable_becomes_a_reference() -> None:
    result = filled(
        {"litellm": {"a": "${DB_PASSWORD}", "b": ["$PORT"], "c": "$$x"}}, DB_PASSWORD="p", PORT="1"
    )
    assert result.data["litellm"] == {
        "a": "os.environ/DB_PASSWORD",
        "b": ["os.environ/PORT"],
        "c": "$x",
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x-${PORT}", "must be the whole value"),
        ("${NOPE}", "`NOPE` is not set"),
        ("${a b}", "must hold the name of a variable"),
    ],
)
def test_below_litellm_anything_else_is_a_problem(value: str, message: str) -> None:
    assert message in filled({"litellm": {"a": value}}, PORT="1").problems[0].message


def test_what_is_not_a_name_is_a_problem() -> None:
    assert "`$$`" in filled({"a": "${}"}).problems[0].message
    assert "`$$`" in filled({"a": "${1 + 1}"}).problems[0].message


def test_unprintable_values_are_refused() -> None:
    assert "unprintable" in filled({"a": "$X"}, X="a\x00b").problems[0].message


values = st.recursive(
    st.text(alphabet="aA$_{}1 ", max_size=8) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["a", "providers", "litellm"]), values, min_size=1))
def test_any_data_is_filled_in_or_explained_and_keeps_its_shape(data: dict[str, Any]) -> None:
    source = YamlSource("f", "", data, {})
    result = interpolate(source, {"a": "1", "A": "2"})
    assert list(result.data) == list(data)
    assert len(result.problems) >= len(result.broken)
