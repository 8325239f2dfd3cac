from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from ccglm.claude.settings_edit import (
    Edit,
    KeyPath,
    WrongTypeError,
    edited_since,
    put_in,
    take_out,
)

_ENV: KeyPath = ("env", "URL")
_DENY: KeyPath = ("permissions", "deny")
_NAMES = st.sampled_from(["URL", "TOKEN", "A", "B"])
_ITEMS = st.lists(st.sampled_from(["WebSearch", "Monitor", "Bash(rm *)"]), unique=True)
_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(["opus", "main"]),
        "env": st.dictionaries(_NAMES, st.sampled_from(["1", "2", ""])),
        "permissions": st.fixed_dictionaries({}, optional={"deny": _ITEMS, "allow": _ITEMS}),
        "hooks": st.just({"Stop": [{"hooks": []}]}),
    },
)
_WANTED = st.fixed_dictionaries(
    {},
    optional={
        ("env", "URL"): st.sampled_from(["1", "2"]),
        ("env", "TOKEN"): st.just("t"),
        ("permissions", "deny"): _ITEMS,
        ("permissions", "auto"): st.just("off"),
        ("deep", "deeper", "deepest"): st.just(True),
        ("model",): st.just("main"),
    },
)


def _text(document: object) -> str:
    return json.dumps(document)


def _lists_sorted(value: Any) -> Any:
    """A list of permissions is a set to the client; the order depends on who added what first."""
    if isinstance(value, dict):
        return {key: _lists_sorted(inner) for key, inner in value.items()}
    return sorted(value, key=str) if isinstance(value, list) else value


@given(_DOCUMENTS, _WANTED)
def test_taking_out_what_was_put_in_gives_back_the_same_document(
    document: dict[str, object], wanted: Mapping[KeyPath, JsonValue]
) -> None:
    edited, edit = put_in(document, wanted)
    assert _text(take_out(edited, edit, overwrite=False)) == _text(document)
    assert edited_since(edited, edit) == []


@given(_DOCUMENTS, _WANTED, _WANTED)
def test_a_second_edit_is_undone_together_with_the_first(
    document: dict[str, object],
    first: Mapping[KeyPath, JsonValue],
    second: Mapping[KeyPath, JsonValue],
) -> None:
    once, edit = put_in(document, first)
    twice, edit = put_in(once, second, edit)
    assert _lists_sorted(twice) == _lists_sorted(put_in(document, second)[0])
    undone = take_out(twice, edit, overwrite=False)
    assert undone == document
    assert list(undone) == list(document)


@given(_DOCUMENTS, _WANTED)
def test_putting_in_the_same_again_changes_nothing(
    document: dict[str, object], wanted: Mapping[KeyPath, JsonValue]
) -> None:
    once, edit = put_in(document, wanted)
    again, edit_again = put_in(once, wanted, edit)
    assert _text(again) == _text(once)
    assert edit_again == edit


@given(_DOCUMENTS, _WANTED)
def test_foreign_keys_and_their_order_survive(
    document: dict[str, object], wanted: Mapping[KeyPath, JsonValue]
) -> None:
    original = copy.deepcopy(document)
    edited, _ = put_in(document, wanted)
    assert document == original, "the given document is not modified"
    assert [key for key in edited if key in document] == list(document)
    assert edited.get("hooks") == document.get("hooks")


def test_later_edits_of_other_keys_survive_the_undo() -> None:
    edited, edit = put_in({"model": "opus"}, {_ENV: "http://a", _DENY: ["WebSearch"]})
    edited["env"]["MINE"] = "1"
    edited["permissions"]["deny"].append("Bash")
    edited["theme"] = "dark"
    assert edited_since(edited, edit) == []
    assert take_out(edited, edit, overwrite=False) == {
        "model": "opus",
        "env": {"MINE": "1"},
        "permissions": {"deny": ["Bash"]},
        "theme": "dark",
    }


def test_a_later_edit_of_a_key_of_ours_is_named_and_kept() -> None:
    edited, edit = put_in({"env": {"URL": "http://old"}}, {_ENV: "http://new", ("a",): "1"})
    edited["env"]["URL"] = "http://mine"
    assert edited_since(edited, edit) == [_ENV]
    assert take_out(edited, edit, overwrite=False) == {"env": {"URL": "http://mine"}}
    assert take_out(edited, edit, overwrite=True) == {"env": {"URL": "http://old"}}


def test_a_key_of_ours_that_was_deleted_leaves_nothing_to_lose() -> None:
    edited, edit = put_in({}, {_ENV: "http://new", _DENY: ["WebSearch"]})
    del edited["env"]
    del edited["permissions"]["deny"]
    assert edited_since(edited, edit) == []
    assert take_out(edited, edit, overwrite=False) == {}


def test_a_deleted_key_that_had_a_value_before_is_an_edit() -> None:
    edited, edit = put_in({"env": {"URL": "http://old"}}, {_ENV: "http://new"})
    del edited["env"]
    assert edited_since(edited, edit) == [_ENV]
    assert take_out(edited, edit, overwrite=False) == {}
    assert take_out(edited, edit, overwrite=True) == {"env": {"URL": "http://old"}}


def test_setting_a_key_again_remembers_what_somebody_set_in_between() -> None:
    edited, edit = put_in({"env": {"URL": "http://old"}}, {_ENV: "http://new"})
    edited["env"]["URL"] = "http://mine"
    edited, edit = put_in(edited, {_ENV: "http://new"}, edit)
    assert edited == {"env": {"URL": "http://new"}}
    assert take_out(edited, edit, overwrite=False) == {"env": {"URL": "http://mine"}}


def test_a_list_that_became_something_else_is_left_alone() -> None:
    edited, edit = put_in({}, {_DENY: ["WebSearch"]})
    edited["permissions"]["deny"] = "none"
    assert take_out(edited, edit, overwrite=True) == {"permissions": {"deny": "none"}}


@pytest.mark.parametrize(
    ("document", "path", "expected"),
    [
        ({"env": ["URL=1"]}, ("env",), "an object"),
        ({"permissions": {"deny": "WebSearch"}}, _DENY, "a list"),
    ],
)
def test_a_value_of_another_type_in_the_way_is_not_replaced(
    document: dict[str, object], path: KeyPath, expected: str
) -> None:
    with pytest.raises(WrongTypeError) as caught:
        put_in(document, {_ENV: "http://new", _DENY: ["WebSearch"]})
    assert (caught.value.path, caught.value.expected) == (path, expected)


def test_an_edit_survives_being_written_down() -> None:
    _, edit = put_in({"env": {}}, {_ENV: "http://new", _DENY: ["WebSearch"]})
    assert Edit.model_validate_json(edit.model_dump_json()) == edit
