from __future__ import annotations

import subprocess

from ccglm.claude.explain import explanation, shell_code, shell_view
from ccglm.claude.profile_model import Profile, ProfileSetting, ProfileVariable
from ccglm.result import Table
from ccglm.shells import Shell

TOKEN = "sk-ccglm-0123456789abcdef"
PROFILE = Profile(
    variables=(
        ProfileVariable("ANTHROPIC_AUTH_TOKEN", TOKEN, "the token", secret=True),
        ProfileVariable("ANTHROPIC_API_KEY", "", "emptied"),
        ProfileVariable("TITLE", "GLM 4.7, it's", "a name"),
    ),
    settings=(
        ProfileSetting(("permissions", "deny"), ("WebSearch", "Monitor"), "not served"),
        ProfileSetting(("skipWebFetchPreflight",), True, "blocked"),
    ),
)


def test_the_code_sets_and_removes_variables_whether_or_not_the_result_was_quoted() -> None:
    code = shell_code(PROFILE, Shell.SH)
    show = 'printf "%s|%s|%s" "$ANTHROPIC_AUTH_TOKEN" "${ANTHROPIC_API_KEY-unset}" "$TITLE"'
    for evaluated in ('eval "$CODE"', "eval $CODE"):
        shown = subprocess.run(
            ["sh", "-c", f"{evaluated}; {show}"],
            env={"CODE": code, "ANTHROPIC_API_KEY": "sk-ant"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stdout == f"{TOKEN}|unset|GLM 4.7, it's"


def test_the_view_for_programs_names_what_to_set_and_what_to_remove() -> None:
    view = shell_view(PROFILE, Shell.FISH)
    assert view.data == {
        "variables": {"ANTHROPIC_AUTH_TOKEN": TOKEN, "TITLE": "GLM 4.7, it's"},
        "unset": ["ANTHROPIC_API_KEY"],
        "settings": {"permissions.deny": ["WebSearch", "Monitor"], "skipWebFetchPreflight": True},
    }
    assert view.blocks == [shell_code(PROFILE, Shell.FISH)]


def test_every_line_is_explained_and_the_token_is_not_shown() -> None:
    view = explanation(PROFILE)
    (table,) = view.blocks
    assert isinstance(table, Table)
    assert table.rows[1:] == [
        ["ANTHROPIC_API_KEY", "(empty)", "emptied"],
        ["TITLE", "GLM 4.7, it's", "a name"],
        ["permissions.deny", "WebSearch and 1 more", "not served"],
        ["skipWebFetchPreflight", "true", "blocked"],
    ]
    assert TOKEN not in str(view)
