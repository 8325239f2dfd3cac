from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from litellm_config.yaml_text import YamlSource, read_yaml, write_yaml


def read(text: str) -> YamlSource:
    source = read_yaml(text, "f.yaml")
    assert isinstance(source, YamlSource), [str(problem) for problem in source]
    return source


def problems(text: str) -> list[str]:
    found = read_yaml(text, "f.yaml")
    assert isinstance(found, list)
    return [str(problem) for problem in found]


def test_only_plain_numbers_true_false_and_null_are_not_text() -> None:
    text = "a: 12:30\nb: on\nc: 012\nd: 2026-11-20\ne: 7\nf: 0.5\ng: true\nh: null\ni:\nj: yes\nk: 1e5\nl: '7'\n"
    assert read(text).data == {
        "a": "12:30",
        "b": "on",
        "c": "012",
        "d": "2026-11-20",
        "e": 7,
        "f": 0.5,
        "g": True,
        "h": None,
        "i": None,
        "j": "yes",
        "k": "1e5",
        "l": "7",
    }


def test_every_value_has_a_line() -> None:
    source = read("a:\n  b: 1\n  c:\n    - x\n    - y\nd: {e: 2}\n")
    assert source.line_of(("a", "b")) == 2
    assert source.line_of(("a", "c", 1)) == 5
    assert source.line_of(("d", "e")) == 6


def test_a_value_that_is_not_there_has_the_line_of_its_nearest_parent() -> None:
    source = read("a:\n  b:\n    c: 1\n")
    assert source.line_of(("a", "b", "missing", 3)) == 2
    assert source.line_of(("missing",)) == 1
    assert str(source.problem(("a", "b", "x"), "is missing")) == "f.yaml:2  a.b.x  is missing"


def test_all_duplicate_keys_are_reported() -> None:
    assert problems("a: 1\nb: 2\na: 3\nc:\n  d: 1\n  d: 2\n") == [
        "f.yaml:3  a  the key is here twice, first in line 1",
        "f.yaml:6  c.d  the key is here twice, first in line 5",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.yaml  the file is empty"),
        ("# only a comment\n", "f.yaml  the file is empty"),
        ("- a\n", "f.yaml:1  the file must be a mapping of `key: value` lines"),
        ("just text\n", "f.yaml:1  the file must be a mapping of `key: value` lines"),
        ("a: 1\n---\nb: 2\n", "f.yaml:3  a second document starts here: one file is one document"),
        ("a: &x 1\nb: *x\n", "f.yaml:2  `*x`: write the value out or quote it"),
        ("a: !!python/object:os.x {}\n", "the tag `tag:yaml.org,2002:python/object:os.x`"),
        ("a: !mine 1\n", "f.yaml:1  a  the tag `!mine` is not supported"),
        ("? [a, b]\n: 1\n", "f.yaml:1  a key must be plain text"),
        ("aliases: {*: main}\n", "f.yaml:1  not valid YAML: a value that starts with `*` or `&`"),
        ("a: *main\n", "f.yaml:1  not valid YAML: a value that starts with `*` must be quoted"),
        ("a:\n\tb: 1\n", "f.yaml:2  not valid YAML: a tab cannot indent YAML, use spaces"),
        ("a: @x\n", "f.yaml:1  not valid YAML: a value that starts with `@`"),
        ("a: [x/${B}, c]\n", "f.yaml:1  not valid YAML: inside brackets a value with `${...}`"),
        ("a: b: c\n", "f.yaml:1  not valid YAML: a `:` stands where none can be"),
        ("a: [1, 2\n\nb: 1\n", "f.yaml:1  not valid YAML: a bracket is not closed"),
        ("ok: 1\na: \x07\n", "f.yaml:2  this line holds a control character that YAML refuses"),
    ],
)
def test_what_is_refused_says_where_and_why(text: str, expected: str) -> None:
    found = problems(text)
    assert len(found) == 1
    assert expected in found[0]


def test_an_anchor_inside_itself_is_a_problem_not_an_endless_loop() -> None:
    assert problems("a: &x\n  - *x\n") == ["f.yaml:2  `*x`: write the value out or quote it"]


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(["on", "no", "null", "~", "012", "1e5", "1.5e3", "12:30", "0x1f", "2026-11-20", "*", "&a", "- x", "a: b", "#c", "1_000", "=", "<<", ".inf", "\t", " lead", "trail ", "a\n\nb\n", "\x85", "\u2028"])
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=12), values, max_size=5))
def test_what_is_written_reads_back_equal_here_and_in_yaml_1_1(data: dict[str, Any]) -> None:
    text = write_yaml(data)
    assert yaml.safe_load(text) == data
    if data:
        assert read(text).data == data
    assert write_yaml(data) == text


@given(st.text())
def test_any_text_is_read_or_explained(text: str) -> None:
    found = read_yaml(text, "f.yaml")
    assert isinstance(found, YamlSource) or (found and all(problem.message for problem in found))


def test_shared_values_are_written_out() -> None:
    shared = ["x"]
    assert write_yaml({"a": shared, "b": shared}) == "a:\n  - x\nb:\n  - x\n"
