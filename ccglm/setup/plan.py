"""What `ccglm init` would write: planned completely before anything is written.

Settings that are there are kept unless they are to be replaced; a `.env` that is there keeps every line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ccglm.dotenv_file import masked_text, parse_dotenv, read_dotenv_text, set_variables
from ccglm.errors import PrerequisiteError, WouldOverwrite
from ccglm.files import SECRET_MODE, PlannedWrite, diff_of, plan_write, read_text
from ccglm.setup.keys import find_keys, keys_of_providers, keys_of_settings, variables_to_store
from ccglm.setup.probe import ProbeAnswer, ProbeTarget, probe_target
from litellm_config.load import load_settings, merged_variables
from litellm_config.presets import DEFAULT_PRESET, choose_chain, presets, settings_text
from litellm_config.providers import KINDS
from litellm_config.schema import schema_path, schema_text
from litellm_config.settings import ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ccglm.paths import Paths
    from ccglm.setup.keys import WantedKey
    from litellm_config.presets import Available, Choice

DEMO_PRESET: Final = "demo"
"""Is for `ccglm up --demo`, which writes its own settings."""
_DOTENV_HEADER: Final = "# Keys of ccglm. Do not share this file, and do not commit it.\n"


@dataclass(frozen=True)
class InitRequest:
    """What is wanted of `ccglm init`."""

    paths: Paths
    environment: Mapping[str, str]
    preset: str | None = None
    """None: the default one, or the settings that are there."""
    force: bool = False
    """Replace what is there."""


@dataclass(frozen=True)
class InitPlan:
    """What would be written, and what the user should know."""

    writes: tuple[PlannedWrite, ...]
    chains: Mapping[str, tuple[str, ...]]
    """Role to its members, of new settings; empty when the settings are kept."""
    warnings: tuple[str, ...]

    @property
    def changes(self) -> list[PlannedWrite]:
        """The files that would be written."""
        return [write for write in self.writes if write.changes]

    @property
    def replaced(self) -> list[Path]:
        """The files of the user's that would get another text; a backup of each is kept."""
        return [w.path for w in self.changes if w.keep_backup and w.old_text is not None]

    def diff(self) -> str:
        """Return what would change, every secret masked; the schema only by name."""
        schema = [write for write in self.changes if write.path.suffix == ".json"]
        others = [_masked(write) for write in self.changes if write not in schema]
        names = [f"+++ {write.path} (the JSON schema of the settings)" for write in schema]
        return "\n".join([*names, *([diff_of(others)] if others else [])])


def preset_names() -> list[str]:
    """Return the presets to choose from, the default one first."""
    return [name for name in presets() if name != DEMO_PRESET]


def plan_init(
    request: InitRequest,
    *,
    ask: Callable[[str], str] | None,
    probe: Callable[[Sequence[ProbeTarget]], list[ProbeAnswer]],
) -> InitPlan:
    """Plan the set-up; asks for keys, asks the providers, writes nothing.

    Args:
        request: What is wanted.
        ask: Asks the user for a key, "" for none; None: nobody is there.
        probe: Asks the providers; see `ccglm.setup.probe.probe_all`.

    Raises:
        WouldOverwrite: A preset was named, settings are there, and they are not to be replaced.
        PrerequisiteError: There is no key at all, or a file cannot be read.
    """
    paths = request.paths
    dotenv_text = read_dotenv_text(paths.secrets)
    stored = parse_dotenv(dotenv_text)
    existing = read_text(paths.settings)
    if existing is not None and request.preset is not None and not request.force:
        raise WouldOverwrite(
            f"there are settings at `{paths.settings}` already",
            hint="`ccglm init --force` replaces them and keeps a backup",
        )
    kept = existing if not request.force else None
    wanted, warnings = _wanted_keys(request, stored, kept=kept is not None)
    keys = find_keys(wanted, request.environment, stored, ask)
    variables = variables_to_store(keys, request.environment, stored, replace=request.force)
    secrets = plan_write(
        paths.secrets,
        set_variables(dotenv_text or _DOTENV_HEADER, variables),
        mode=SECRET_MODE,
        # Otherwise lines are only added.
        keep_backup=request.force,
    )
    schema = plan_write(schema_path(paths.settings), schema_text())
    if kept is not None:
        missing = [f"`{key.variable}` is not set" for key in wanted if key.variable not in keys]
        return InitPlan((secrets, schema), {}, (*warnings, *missing))
    choice, answers = _choose(request, {**keys, **variables}, wanted, probe)
    settings = PlannedWrite(
        paths.settings, existing, settings_text(choice, schema=schema.path.name), keep_backup=True
    )
    problems = [answer.problem for answer in answers if answer.problem]
    return InitPlan(
        (secrets, schema, settings), choice.models, (*warnings, *problems, *choice.notes)
    )


def _wanted_keys(
    request: InitRequest, stored: Mapping[str, str], *, kept: bool
) -> tuple[list[WantedKey], list[str]]:
    """Return the keys to look for, and what is wrong with settings that are kept."""
    if not kept:
        return keys_of_providers(presets()[request.preset or DEFAULT_PRESET].providers), []
    loaded = load_settings(request.paths.settings, request.environment, stored)
    if loaded.draft is None:
        return [], [f"`{request.paths.settings}` has problems; `ccglm validate` shows them"]
    return keys_of_settings(loaded.draft), []


def _choose(
    request: InitRequest,
    variables: Mapping[str, str],
    wanted: Sequence[WantedKey],
    probe: Callable[[Sequence[ProbeTarget]], list[ProbeAnswer]],
) -> tuple[Choice, list[ProbeAnswer]]:
    """Fit the preset to what the providers list for the keys there are."""
    name = request.preset or DEFAULT_PRESET
    surface = presets()[name].surface
    have = [key for key in wanted if key.variable in variables]
    if not have:
        names = " or ".join(f"`{key.variable}`" for key in wanted)
        raise PrerequisiteError(
            "there is no key of any provider",
            hint=f"export {names}, then run `ccglm init` again; `ccglm demo` needs no key",
        )
    merged = merged_variables(request.environment, variables)
    targets: list[ProbeTarget] = []
    for key in have:
        settings = ProviderSettings(
            keys=(key.variable,),
            base_url=merged.get(KINDS[key.provider].base_variable),
            surface=surface if key.provider == "zai" else None,
        )
        target = probe_target(key.provider, settings, key.variable, variables[key.variable])
        targets += [target] if target else []
    answers = probe(targets)
    available: Available = {
        **dict.fromkeys(key.provider for key in have),
        **{answer.provider: answer.models for answer in answers},
    }
    return choose_chain(name, available), answers


def _masked(write: PlannedWrite) -> PlannedWrite:
    if write.mode != SECRET_MODE:
        return write
    shown = {kind.base_variable for kind in KINDS.values()}
    old = None if write.old_text is None else masked_text(write.old_text, shown=shown)
    return replace(write, old_text=old, new_text=masked_text(write.new_text, shown=shown))
