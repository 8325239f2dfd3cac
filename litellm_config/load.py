"""Reads `ccglm.yaml` into `Settings`, with every problem it has, in one go.

YAML, then variables, then shapes, then meaning: each step goes on with what the one before could
save, so that a user sees all mistakes at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from litellm_config.catalog import Catalog, read_catalog
from litellm_config.check import check
from litellm_config.check_secrets import check_secret_values, secret_values, without_secrets
from litellm_config.findings import Findings
from litellm_config.interpolation import interpolate
from litellm_config.problems import Problem
from litellm_config.providers import with_base_overrides
from litellm_config.settings import Settings
from litellm_config.settings_files import with_files
from litellm_config.validation import validate
from litellm_config.yaml_text import YamlSource, read_yaml

_DOTENV = ".env"
_AFTER_ALL_LINES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a settings file amounts to.

    Attributes:
        settings: The settings, ready to build from; None if there is any error.
        problems: Errors and warnings in the order of the file.
        source_text: Text of the file; empty if it could not be read.
        draft: Settings without their broken parts, to look at and not to run; None if nothing
            usable is left.
    """

    settings: Settings | None
    problems: list[Problem]
    source_text: str
    draft: Settings | None = None

    @property
    def errors(self) -> list[Problem]:
        """The problems that prevent a start."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        """The problems that do not."""
        return [problem for problem in self.problems if problem.severity == "warning"]


def merged_variables(
    environment: Mapping[str, str], dotenv: Mapping[str, str | None]
) -> dict[str, str]:
    """Return environment and `.env` as one; the environment wins unless it is empty there."""
    return {name: value for name, value in dotenv.items() if value} | {
        name: value for name, value in environment.items() if value or name not in dotenv
    }


def load_settings(
    path: Path,
    environment: Mapping[str, str],
    dotenv: Mapping[str, str | None],
    *,
    catalog: Catalog | None = None,
) -> Loaded:
    """Read and check a settings file.

    Args:
        path: The file; files it names are relative to its folder.
        environment: The process environment.
        dotenv: What `.env` beside the file holds; the environment wins over it.
        catalog: Model facts; the shipped ones when None.

    Returns:
        Settings with variables filled in, prompt files read and the overrides CEREBRAS_API_BASE
        and ZAI_API_BASE in effect, or the problems that prevent it. Never raises for what a user
        can write.
    """
    text = _read(path)
    if isinstance(text, Problem):
        return Loaded(None, [text], "")
    return load_text(
        text,
        path=path,
        variables=merged_variables(environment, dotenv),
        catalog=catalog or read_catalog(),
    )


def load_text(text: str, *, path: Path, variables: Mapping[str, str], catalog: Catalog) -> Loaded:
    """Read and check the text of a settings file; see `load_settings`.

    Args:
        text: The file's text.
        path: Where the file is or will be.
        variables: Environment and `.env`, merged.
        catalog: Model facts.

    Returns:
        As `load_settings`.
    """
    source = read_yaml(text, path.name)
    if not isinstance(source, YamlSource):
        return Loaded(None, without_secrets(source, secret_values(None, variables)), text)
    filled = interpolate(source, variables)
    validated = validate(filled.data, source, filled.broken)
    problems = [*filled.problems, *validated.problems]
    draft = validated.draft
    if draft is not None:
        findings = Findings(path.name, source)
        draft = with_files(with_base_overrides(draft, variables), path.parent, findings)
        check_secret_values(draft, variables, findings)
        checked = check(
            draft, catalog, variables=variables, source=source, file=path.name, dotenv=_DOTENV
        )
        problems += [*findings.problems, *checked]
    shown = without_secrets(problems, secret_values(draft, variables))
    problems = sorted(dict.fromkeys(shown), key=_place)
    is_valid = all(problem.severity == "warning" for problem in problems)
    return Loaded(draft if is_valid else None, problems, text, draft)


def _place(problem: Problem) -> int:
    return _AFTER_ALL_LINES if problem.line is None else problem.line


def _read(path: Path) -> str | Problem:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Problem(path.name, None, "", "there is no such file; `ccglm init` writes one")
    except UnicodeDecodeError:
        return Problem(path.name, None, "", "is not UTF-8 text")
    except OSError as err:
        return Problem(path.name, None, "", f"cannot be read: {(err.strerror or 'error').lower()}")
