from __future__ import annotations

from ccglm.claude.profile_model import (
    Profile,
    ProfileSetting,
    ProfileVariable,
    wanted_settings,
)

PROFILE = Profile(
    variables=(
        ProfileVariable("ANTHROPIC_MODEL", "main", "why"),
        ProfileVariable("ANTHROPIC_API_KEY", "", "why"),
    ),
    settings=(
        ProfileSetting(("permissions", "deny"), ("WebSearch",), "why"),
        ProfileSetting(("skipWebFetchPreflight",), True, "why"),
    ),
)


def test_the_environment_holds_every_variable_also_the_emptied_ones() -> None:
    assert PROFILE.environment() == {"ANTHROPIC_MODEL": "main", "ANTHROPIC_API_KEY": ""}


def test_in_a_settings_file_variables_stand_under_env_and_lists_are_lists() -> None:
    assert wanted_settings(PROFILE) == {
        ("env", "ANTHROPIC_MODEL"): "main",
        ("env", "ANTHROPIC_API_KEY"): "",
        ("permissions", "deny"): ["WebSearch"],
        ("skipWebFetchPreflight",): True,
    }
