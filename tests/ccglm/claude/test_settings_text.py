from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.claude.settings_text import TextStyle, read_document, render_document, style_of
from ccglm.errors import SettingsError

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(st.text(), _JSON, max_size=5)
_STYLES = st.builds(
    TextStyle,
    indent=st.sampled_from(["  ", "    ", "\t"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    ends_with_newline=st.booleans(),
    starts_with_bom=st.booleans(),
)


@given(_DOCUMENTS, _STYLES)
def test_what_is_written_reads_back_the_same_in_the_same_order(
    document: dict[str, object], style: TextStyle
) -> None:
    text = render_document(document, style)
    assert json.dumps(read_document(text, "settings.json")) == json.dumps(document)
    text.encode("utf-8")


@given(_DOCUMENTS.filter(bool), _STYLES)
def test_the_style_of_a_written_file_is_recognised(
    document: dict[str, object], style: TextStyle
) -> None:
    text = render_document(document, style)
    assert style_of(text) == style
    assert render_document(read_document(text, ""), style_of(text)) == text


def test_a_file_on_one_line_stays_on_one_line() -> None:
    text = '{"model": "opus", "env": {"A": "1"}}'
    assert render_document(read_document(text, ""), style_of(text)) == text


@pytest.mark.parametrize("text", ["", " \n", "\ufeff"])
def test_an_empty_file_holds_no_settings(text: str) -> None:
    assert read_document(text, "settings.json") == {}


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ('{\n  "a": 1,\n  b: 2\n}', 3, "", "property name"),
        ('{\n  "a": 1\n  // no comments\n}', 3, "", "delimiter"),
        ("[1]", 1, "", "not a JSON object"),
        ('{\n "x": {"a": 1},\n "y": {"a": "{", "b": [],\n  "a": 2}}', 4, "a", "stands twice"),
        ('{"a": 1,\n "\\u0061": 2}', 2, "a", "stands twice"),
        ("[" * 100_000, 1, "", "nested too deeply"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, key: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_document(text, "settings.json")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == ("settings.json", line, key)
    assert message in problem.message
