"""What the providers themselves say about the settings: are the keys good, are the models there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ccglm.setup.probe import ProbeAnswer, ProbeTarget, probe_target
from litellm_config.problems import Problem, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from litellm_config.problems import Severity
    from litellm_config.settings import Settings

_SHOWN_MODELS = 12


class Online(NamedTuple):
    """What asking the providers found."""

    problems: list[Problem]
    keys_refused: list[str]
    """Names of the variables whose keys are not accepted."""


def targets_of(settings: Settings, variables: Mapping[str, str]) -> list[ProbeTarget]:
    """Return whom to ask: every key of every provider that has a dialect of ours."""
    targets = [
        probe_target(name, provider, key, variables[key])
        for name, provider in settings.providers.items()
        for key in provider.keys
        if variables.get(key)
    ]
    return [target for target in targets if target is not None]


def judge(settings: Settings, answers: Sequence[ProbeAnswer]) -> Online:
    """Return what the answers mean for these settings.

    Args:
        settings: Checked settings.
        answers: One for each of `targets_of`.

    Returns:
        A problem for each provider that could not be asked, each key that is refused, and each chain member
        that no key may use. Only a refused key is an error: a model list may lag behind.
    """
    problems = [
        Problem(".env", None, answer.key_name, answer.problem or "", _severity(answer))
        for answer in answers
        if answer.models is None
    ]
    problems += _unlisted(settings, answers)
    return Online(problems, [answer.key_name for answer in answers if answer.key_refused])


def _severity(answer: ProbeAnswer) -> Severity:
    return "error" if answer.key_refused else "warning"


def _unlisted(settings: Settings, answers: Sequence[ProbeAnswer]) -> Iterator[Problem]:
    models_by_provider: dict[str, set[str]] = {}
    for answer in answers:
        if answer.models is not None:
            models_by_provider.setdefault(answer.provider, set()).update(answer.models)
    for role, chain in settings.models.items():
        for index, member in enumerate(chain):
            provider, _, model = member.partition("/")
            there = models_by_provider.get(provider)
            if there is not None and model not in there:
                names = sorted(there)[:_SHOWN_MODELS]
                message = (
                    f"`{member}` is not on the list {provider} gives your key: {listed(names)}"
                )
                yield Problem("ccglm.yaml", None, f"models.{role}[{index}]", message, "warning")
