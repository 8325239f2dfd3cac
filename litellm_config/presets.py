"""What `ccglm init` writes: a preset, fitted to what the providers list for the user's keys."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

import yaml
from pydantic import Field, TypeAdapter

from litellm_config.alias_table import FAST_ROLE, MAIN_ROLE
from litellm_config.catalog import data_text, read_catalog
from litellm_config.hook_settings import Described
from litellm_config.problems import listed
from litellm_config.providers import KINDS
from litellm_config.schema import SCHEMA_FILE_NAME
from litellm_config.settings import ZaiSurface

DEFAULT_PRESET = "cerebras-zai"

Places = list[list[str]]
Available = Mapping[str, AbstractSet[str] | None]
"""Provider to the model ids its `/models` lists, or None where it could not be asked; a provider
that is not in it has no key."""


class Preset(Described):
    """A starting point for settings."""

    title: str = Field(description="What it is, in a few words.")
    providers: tuple[str, ...] = Field(description="Providers it uses, first choice first.")
    surface: ZaiSurface | None = Field(default=None, description="Which API of Z.ai is spoken.")
    roles: dict[str, Places] = Field(description="Role to the places of its chain.")
    alone: dict[str, Places] = Field(
        default_factory=dict[str, Places],
        description="Role to its places when no provider of the others has a key.",
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A preset fitted to what there is.

    Attributes:
        preset: Its name.
        providers: Providers that are set up.
        models: Role to its chain; empty when no provider has a key.
        notes: What a user should know about the choice, one sentence each.
    """

    preset: str
    providers: tuple[str, ...]
    models: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def presets() -> Mapping[str, Preset]:
    """Return the presets by name, the default one first."""
    data = yaml.safe_load(data_text("presets.yaml"))
    return TypeAdapter(dict[str, Preset]).validate_python(data)


def choose_chain(preset: str, available: Available) -> Choice:
    """Fit a preset to the models that the user's keys can reach.

    Args:
        preset: Name of a preset.
        available: What each provider with a key lists; see `Available`.

    Returns:
        The chains. Every place takes the first model that is listed, else its first; places of
        providers without a key are left out.

    Raises:
        KeyError: There is no such preset.
    """
    chosen = presets()[preset]
    providers = tuple(name for name in chosen.providers if name in available)
    models: dict[str, tuple[str, ...]] = {}
    notes = [
        f"no key for `{name}`: it is left out" for name in chosen.providers if name not in available
    ]
    for role, places in chosen.roles.items():
        chain = _chain(places, available) or _chain(chosen.alone.get(role, []), available)
        if chain:
            models[role] = tuple(chain)
            notes += _role_notes(role, places, chain, available)
    notes += _foreign_notes(providers, available)
    return Choice(preset, providers, models, tuple(dict.fromkeys(notes)))


def _chain(places: Places, available: Available) -> list[str]:
    chain: list[str] = []
    for place in places:
        wanted = [member for member in place if _provider(member) in available]
        left = [member for member in wanted if member not in chain]
        found = next((member for member in left if _is_listed(member, available)), None)
        if found is None and not any(_is_listed(member, available) for member in wanted):
            found = next(iter(left), None)
        if found is not None:
            chain.append(found)
    return chain


def _provider(member: str) -> str:
    return member.partition("/")[0]


def _is_listed(member: str, available: Available) -> bool:
    provider, _, model = member.partition("/")
    ids = available.get(provider)
    return ids is not None and model in ids


def _role_notes(role: str, places: Places, chain: list[str], available: Available) -> Iterable[str]:
    for member in chain:
        provider = _provider(member)
        first = next(place[0] for place in [*places, chain] if member in place)
        if available[provider] is None:
            yield f"`{provider}` could not be asked for its models: `{member}` is taken unseen"
        elif not _is_listed(member, available):
            yield f"`{provider}` does not list `{member}` for this key; requests may be refused"
        elif member != first:
            yield f"`{first}` is not listed for this key: `{member}` takes its place in `{role}`"


def _foreign_notes(providers: tuple[str, ...], available: Available) -> Iterable[str]:
    """Tell of a dedicated endpoint's own id, which only its owner can describe."""
    known = read_catalog().models
    for provider in providers:
        foreign = [f"{provider}/{model}" for model in sorted(available[provider] or ())]
        glm = [name for name in foreign if name not in known and "glm" in name.lower()]
        if provider == "cerebras" and glm:
            yield f"{listed(glm)} can be used too: set its limits under `model_facts`"


def settings_text(choice: Choice, *, schema: str = SCHEMA_FILE_NAME) -> str:
    """Return the text of a commented `ccglm.yaml`.

    Args:
        choice: What to write; it must have a `main` role.
        schema: Name of the schema file beside it, for editors.

    Returns:
        YAML that loads without an error once the keys are set.
    """
    preset = presets()[choice.preset]
    fast = FAST_ROLE if FAST_ROLE in choice.models else MAIN_ROLE
    parts = {
        "schema": schema,
        "preset": choice.preset,
        "title": preset.title,
        "providers": "\n".join(_provider_lines(choice.providers, preset)),
        "models": "\n".join(f"  {r}: [{', '.join(chain)}]" for r, chain in choice.models.items()),
        "aliases": f'  opus: {MAIN_ROLE}\n  sonnet: {MAIN_ROLE}\n  haiku: {fast}\n  "*": {MAIN_ROLE}',
    }
    text = data_text("settings_template.yaml").replace("background: fast", f"background: {fast}")
    for name, part in parts.items():
        text = text.replace(f"<<{name}>>", part)
    return text


def _provider_lines(providers: tuple[str, ...], preset: Preset) -> Iterable[str]:
    for name in providers:
        yield f"  {name}:"
        yield f"    keys: [{KINDS[name].key_variable}]"
        if name == "cerebras":
            yield "    # plan: developer              # or free-trial; its limits are kept"
        if name == "zai":
            yield f"    surface: {preset.surface}             # anthropic, openai or coding"
