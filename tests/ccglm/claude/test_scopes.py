from __future__ import annotations

from pathlib import Path

import pytest

from ccglm.claude.profile_model import Profile, ProfileSetting, ProfileVariable
from ccglm.claude.scopes import Scope, settings_files, targets

PROFILE = Profile(
    variables=(
        ProfileVariable("ANTHROPIC_AUTH_TOKEN", "sk-ccglm-1", "why", secret=True),
        ProfileVariable("ANTHROPIC_MODEL", "main", "why"),
    ),
    settings=(ProfileSetting(("permissions", "deny"), ("WebSearch",), "why"),),
)


@pytest.mark.parametrize(
    ("scope", "environment", "expected"),
    [
        (Scope.USER, {"HOME": "/h"}, ["/h/.claude/settings.json"]),
        (Scope.USER, {"HOME": "/h", "CLAUDE_CONFIG_DIR": "/c"}, ["/c/settings.json"]),
        (Scope.USER, {"USERPROFILE": "/u"}, ["/u/.claude/settings.json"]),
        (Scope.LOCAL, {"HOME": "/h"}, ["/w/.claude/settings.local.json"]),
        (
            Scope.PROJECT,
            {"HOME": "/h"},
            ["/w/.claude/settings.json", "/w/.claude/settings.local.json"],
        ),
    ],
)
def test_the_files_are_the_clients(
    scope: Scope, environment: dict[str, str], expected: list[str]
) -> None:
    found = settings_files(scope, environment=environment, working_folder=Path("/w"))
    assert [str(path) for path in found] == expected


def test_without_a_home_variable_the_systems_is_used(isolated_environment: Path) -> None:
    (path,) = settings_files(Scope.USER, environment={}, working_folder=Path("/w"))
    assert path == isolated_environment / ".claude" / "settings.json"


def test_one_file_takes_everything() -> None:
    (target,) = targets(PROFILE, [Path("/a")])
    assert list(target.wanted) == [
        ("env", "ANTHROPIC_AUTH_TOKEN"),
        ("env", "ANTHROPIC_MODEL"),
        ("permissions", "deny"),
    ]


def test_the_token_stays_out_of_a_file_that_is_committed() -> None:
    committed, ignored = targets(PROFILE, [Path("/a"), Path("/b")])
    assert list(committed.wanted) == [("env", "ANTHROPIC_MODEL"), ("permissions", "deny")]
    assert ignored.wanted == {("env", "ANTHROPIC_AUTH_TOKEN"): "sk-ccglm-1"}
