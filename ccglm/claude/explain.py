"""The profile shown: as shell code, as a table of reasons, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.dotenv_file import mask
from ccglm.result import Result, Table
from ccglm.shells import Shell, assignment, removal

if TYPE_CHECKING:
    from ccglm.claude.profile_model import Profile, ProfileSetting


def shell_code(profile: Profile, shell: Shell) -> str:
    """Return statements that put the profile's variables into a shell; nothing but code."""
    return "\n".join(
        assignment(shell, variable.name, variable.value)
        if variable.value
        else removal(shell, variable.name)
        for variable in profile.variables
    )


def shell_view(profile: Profile, shell: Shell) -> Result:
    """Return the profile for a program: `{"variables", "unset", "settings"}`, the token in clear."""
    return Result(
        {
            "variables": {v.name: v.value for v in profile.variables if v.value},
            "unset": [v.name for v in profile.variables if not v.value],
            "settings": {".".join(s.path): _json_value(s) for s in profile.settings},
        },
        [shell_code(profile, shell)],
    )


def explanation(profile: Profile) -> Result:
    """Return each variable and setting with the reason for it; secrets are masked.

    Returns:
        JSON form `{"variables": [{"name", "value", "why"}], "settings": [{"key", "value", "why"}]}`.
    """
    variables = [
        {"name": v.name, "value": mask(v.value) if v.secret else v.value, "why": v.why}
        for v in profile.variables
    ]
    settings = [
        {"key": ".".join(s.path), "value": _json_value(s), "why": s.why} for s in profile.settings
    ]
    rows = [
        *([entry["name"], entry["value"] or "(empty)", entry["why"]] for entry in variables),
        *([".".join(s.path), _shown(s), s.why] for s in profile.settings),
    ]
    return Result(
        {"variables": variables, "settings": settings},
        [Table(["name", "value", "why"], rows)],
    )


def _json_value(setting: ProfileSetting) -> object:
    return list(setting.value) if isinstance(setting.value, tuple) else setting.value


def _shown(setting: ProfileSetting) -> str:
    if isinstance(setting.value, tuple):
        return f"{setting.value[0]} and {len(setting.value) - 1} more"
    return str(setting.value).lower()
