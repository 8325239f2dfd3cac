from pathlib import Path

import pytest
from pydantic import ValidationError

from litellm_config.hook_settings import (
    AliasTable,
    HookSettings,
    ModelFacts,
    RouteSettings,
    read_hook_settings,
)


def some_settings() -> HookSettings:
    return HookSettings(
        aliases=AliasTable(exact={"opus": "main"}, globs={"*": "main"}, roles=("main",)),
        chains={"main": ("zai/glm-4.7",)},
        routes=RouteSettings(think="main"),
        models={
            "zai/glm-4.7": ModelFacts(
                provider="zai",
                model="glm-4.7",
                surface="anthropic",
                context_tokens=204_800,
                max_output_tokens=131_072,
            )
        },
        usage_db_path="usage.db",
    )


def test_what_is_written_is_read_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "hooks.json"
    path.write_text(some_settings().to_json(), encoding="utf-8")
    assert read_hook_settings(path) == some_settings()


def test_the_text_is_deterministic_and_ends_in_a_newline() -> None:
    assert some_settings().to_json() == some_settings().to_json()
    assert some_settings().to_json().endswith("}\n")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hooks.json"
    path.write_text('{"aliases": {}, "chains": {}, "usage_db_path": "x", "paze_ms": 3}')
    with pytest.raises(ValidationError, match="paze_ms"):
        read_hook_settings(path)


def test_globs_are_kept_longest_first_with_the_star_last() -> None:
    table = AliasTable(globs={"*": "a", "claude-*": "b", "claude-*haiku*": "c"})
    assert list(table.globs) == ["claude-*haiku*", "claude-*", "*"]
    assert list(AliasTable.model_validate_json(table.model_dump_json()).globs) == list(table.globs)


def test_every_field_says_what_it_is() -> None:
    undescribed = [
        f"{title}.{name}"
        for title, model in HookSettings.model_json_schema()["$defs"].items()
        for name, field in model.get("properties", {}).items()
        if "description" not in field
    ]
    assert undescribed == []
    assert all(field.description for field in HookSettings.model_fields.values())
