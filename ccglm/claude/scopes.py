"""Which settings file of Claude Code is meant, and which part of the profile goes into it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ccglm.claude.isolated_home import CONFIG_FOLDER_VARIABLE
from ccglm.claude.profile_model import wanted_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from ccglm.claude.profile_model import Profile
    from ccglm.claude.settings_edit import KeyPath

_FOLDER: Final = ".claude"


class Scope(StrEnum):
    """For whom the settings hold; the client lets local win over project, and project over user."""

    USER = "user"
    """Every project of this user."""
    PROJECT = "project"
    """Everybody who works in this folder; the file is usually committed."""
    LOCAL = "local"
    """This user in this folder; the file is usually ignored by git."""


@dataclass(frozen=True)
class Target:
    """One settings file and what shall stand in it."""

    path: Path
    wanted: Mapping[KeyPath, JsonValue]


def settings_files(
    scope: Scope, *, environment: Mapping[str, str], working_folder: Path
) -> list[Path]:
    """Return the settings files of a scope, the one with the profile first.

    Args:
        scope: For whom.
        environment: `CLAUDE_CONFIG_DIR` moves the user's folder, as it does for the client.
        working_folder: Where the client is started; project settings belong to it.
    """
    project = working_folder / _FOLDER
    if scope is Scope.PROJECT:
        return [project / "settings.json", project / "settings.local.json"]
    if scope is Scope.LOCAL:
        return [project / "settings.local.json"]
    moved = environment.get(CONFIG_FOLDER_VARIABLE, "")
    folder = Path(moved).expanduser() if moved else _home(environment) / _FOLDER
    return [folder.absolute() / "settings.json"]


def targets(profile: Profile, files: list[Path]) -> list[Target]:
    """Return what goes into which file.

    With two files (a project's) the first, which is committed, holds everything but the secrets, and
    the second holds those.
    """
    wanted = wanted_settings(profile)
    secrets = {("env", variable.name) for variable in profile.variables if variable.secret}
    if len(files) == 1:
        return [Target(files[0], wanted)]
    return [
        Target(files[0], {key: value for key, value in wanted.items() if key not in secrets}),
        Target(files[1], {key: value for key, value in wanted.items() if key in secrets}),
    ]


def _home(environment: Mapping[str, str]) -> Path:
    named = environment.get("HOME") or environment.get("USERPROFILE")
    return Path(named) if named else Path.home()
