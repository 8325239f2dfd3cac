"""The shape of a client profile, and of what it is made from. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pydantic import JsonValue

SettingValue: TypeAlias = str | bool | tuple[str, ...]


@dataclass(frozen=True)
class ProfileVariable:
    """One environment variable of the client."""

    name: str
    value: str
    """The empty string makes the client ignore what the variable was set to elsewhere."""
    why: str
    secret: bool = False


@dataclass(frozen=True)
class ProfileSetting:
    """One key of the client's `settings.json` that no variable can express."""

    path: tuple[str, ...]
    value: SettingValue
    """A tuple stands for a list that is added to, not replaced."""
    why: str


@dataclass(frozen=True)
class Profile:
    """Variables and settings, in the order they are written and shown."""

    variables: tuple[ProfileVariable, ...]
    settings: tuple[ProfileSetting, ...]

    def environment(self) -> dict[str, str]:
        """Return the variables by name."""
        return {variable.name: variable.value for variable in self.variables}


@dataclass(frozen=True)
class TierModel:
    """What one of the client's model tiers stands for."""

    name: str
    """The name the client sends: a role, so that a changed chain needs no new profile."""
    title: str
    """Shown in the client's `/model` list, such as `GLM 4.7`."""
    description: str
    """Shown beside it, such as `cerebras/zai-glm-4.7, then zai/glm-4.7`."""


@dataclass(frozen=True)
class Tiers:
    """The client's four tiers and its two helpers."""

    main: TierModel
    opus: TierModel
    sonnet: TierModel
    haiku: TierModel
    fable: TierModel
    background: TierModel


@dataclass(frozen=True)
class ProfileFacts:
    """What the profile is made from."""

    base_url: str
    """Without `/v1`; the client appends it."""
    token: str
    tiers: Tiers
    context_tokens: int
    """The smallest context in the chain that serves main."""
    max_output_tokens: int
    """The smallest output limit in that chain."""
    serves_web_search: bool = False
    keeps_all_tools: bool = False
    api_timeout_ms: int = 1_200_000


def wanted_settings(profile: Profile) -> dict[tuple[str, ...], JsonValue]:
    """Return the profile as keys of the client's `settings.json`; variables are under `env`."""
    wanted: dict[tuple[str, ...], JsonValue] = {
        ("env", variable.name): variable.value for variable in profile.variables
    }
    for setting in profile.settings:
        value = setting.value
        wanted[setting.path] = list(value) if isinstance(value, tuple) else value
    return wanted
