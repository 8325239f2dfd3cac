from litellm_config.alias_table import build_alias_table, effective_aliases, listed_aliases
from litellm_config.aliases import resolve
from tests.litellm_config.builders import settings_with


def test_without_aliases_every_name_of_claude_code_is_served() -> None:
    table = build_alias_table(settings_with())
    served = {
        name: found.group
        for name in (
            "opus", "sonnet", "haiku", "fable", "default", "claude-opus-5-5", "claude-sonnet-5",
            "claude-haiku-5-5", "claude-3-5-haiku-latest", "claude-fable-5-2", "main", "fast",
            "glm-4.7", "zai-glm-4.7", "zai/glm-4.7", "cerebras,zai-glm-4.7", "gpt-5",
        )
        if (found := resolve(name, table))
    }  # fmt: skip
    assert served == {
        "opus": "main",
        "sonnet": "main",
        "haiku": "fast",
        "fable": "main",
        "default": "main",
        "claude-opus-5-5": "main",
        "claude-sonnet-5": "main",
        "claude-haiku-5-5": "fast",
        "claude-3-5-haiku-latest": "fast",
        "claude-fable-5-2": "main",
        "main": "main",
        "fast": "fast",
        "glm-4.7": "zai/glm-4.7",
        "zai-glm-4.7": "cerebras/zai-glm-4.7",
        "zai/glm-4.7": "zai/glm-4.7",
        "cerebras,zai-glm-4.7": "cerebras/zai-glm-4.7",
        "gpt-5": "main",
    }


def test_without_a_fast_role_haiku_is_main() -> None:
    aliases = effective_aliases(settings_with(models={"main": ["zai/glm-4.7"]}))
    assert aliases["haiku"] == "main"


def test_own_aliases_replace_the_default_ones() -> None:
    table = build_alias_table(settings_with(aliases={"opus": "zai/glm-5.3", "gpt-*": "fast"}))
    assert table.exact == {"opus": "zai/glm-5.3"}
    assert table.globs == {"claude-*opus*": "zai/glm-5.3", "gpt-*": "fast"}
    assert resolve("something", table) is None
    assert "zai/glm-5.3" in table.members


def test_an_own_pattern_for_a_tier_stays() -> None:
    table = build_alias_table(settings_with(aliases={"haiku": "fast", "claude-*haiku*": "main"}))
    assert table.globs == {"claude-*haiku*": "main"}


def test_the_long_context_mark_is_cut_off_aliases_too() -> None:
    table = build_alias_table(settings_with(aliases={"big[1m]": "main"}))
    found = resolve("big[1m]", table)
    assert found is not None
    assert found.group == "main"


def test_listed_names_lead_to_groups_and_are_none_themselves() -> None:
    table = build_alias_table(settings_with(aliases={"opus": "main", "fast": "main"}))
    names = listed_aliases(table)
    assert names == {
        "opus": "main",
        "cerebras,zai-glm-4.7": "cerebras/zai-glm-4.7",
        "zai-glm-4.7": "cerebras/zai-glm-4.7",
        "zai,glm-4.7": "zai/glm-4.7",
        "glm-4.7": "zai/glm-4.7",
        "zai,glm-4.5-air": "zai/glm-4.5-air",
        "glm-4.5-air": "zai/glm-4.5-air",
    }
