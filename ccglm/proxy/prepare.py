"""From the user's files to everything the proxy is started with; nothing is written here.

Called by `validate`, `config show`, `up` and everybody who needs to know what the proxy is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ccglm.dotenv_file import read_dotenv
from ccglm.errors import PrerequisiteError, SettingsError
from litellm_config.build import build, build_hook_settings
from litellm_config.catalog import read_catalog
from litellm_config.check import needed_variables
from litellm_config.load import load_settings, merged_variables
from litellm_config.render import render
from litellm_config.secrets import MASTER_KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ccglm.paths import Paths
    from litellm_config.hook_settings import HookSettings
    from litellm_config.problems import Problem
    from litellm_config.proxy_config import ProxyConfig
    from litellm_config.settings import Settings

_KEY_PLACE: Final = re.compile(r"providers\.[^.]+\.keys\[\d+\]")
_NOT_SET: Final = "is not set"


@dataclass(frozen=True)
class Prepared:
    """Settings without errors, and what is made of them."""

    settings: Settings
    warnings: tuple[Problem, ...]
    config: ProxyConfig
    config_text: str
    """`litellm.yaml`."""
    hooks: HookSettings
    variables: Mapping[str, str]
    """Environment and `.env`, merged."""

    @property
    def master_key(self) -> str:
        """What clients send as bearer token."""
        return self.variables[MASTER_KEY_VARIABLE]

    @property
    def needed(self) -> list[str]:
        """Names of the variables the proxy process must be given."""
        return [*needed_variables(self.settings), MASTER_KEY_VARIABLE]


def prepare(paths: Paths, environment: Mapping[str, str]) -> Prepared:
    """Read and check the settings, and build what the proxy is started with.

    Args:
        paths: Where the settings and the usage store are.
        environment: The user's; wins over `.env`.

    Raises:
        SettingsError: There are no settings, or they are wrong; carries every problem.
        PrerequisiteError: Only keys are missing, or a file cannot be read.
    """
    dotenv = read_dotenv(paths.secrets)
    if not paths.settings.exists():
        raise SettingsError(
            f"there are no settings at `{paths.settings}`",
            hint="`ccglm init` writes them; `ccglm demo` needs none",
        )
    catalog = read_catalog()
    loaded = load_settings(paths.settings, environment, dotenv, catalog=catalog)
    if loaded.settings is None:
        raise problems_error(paths, loaded.problems)
    config = build(loaded.settings, catalog)
    return Prepared(
        settings=loaded.settings,
        warnings=tuple(loaded.warnings),
        config=config,
        config_text=render(config, source=paths.settings.name),
        hooks=build_hook_settings(loaded.settings, catalog, usage_db_path=paths.usage_db),
        variables=merged_variables(environment, dotenv),
    )


def problems_error(paths: Paths, problems: Sequence[Problem]) -> SettingsError | PrerequisiteError:
    """Return the error for settings that cannot be used, with every problem in it.

    Keys that are not set are something to do first, not something wrong with the settings.
    """
    errors = [problem for problem in problems if problem.severity == "error"]
    unset = [problem for problem in errors if _NOT_SET in problem.message]
    keys = [problem for problem in unset if _KEY_PLACE.fullmatch(problem.key)]
    master_keys = [problem for problem in unset if problem.key == MASTER_KEY_VARIABLE]
    if keys and len(keys) + len(master_keys) == len(errors):
        return PrerequisiteError(
            "a key is missing" if len(keys) == 1 else f"{len(keys)} keys are missing",
            hint=f"`ccglm init` asks for keys and keeps them in `{paths.secrets}`; "
            "or export the variables",
            problems=problems,
        )
    noun = "problem" if len(errors) == 1 else "problems"
    return SettingsError(
        f"{len(errors)} {noun} in `{paths.settings}`",
        hint="`ccglm config schema` prints every key that is allowed, with what it means",
        problems=problems,
    )
