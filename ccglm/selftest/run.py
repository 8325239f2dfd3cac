"""Which models are tested, what that costs, and the test itself: the models side by side, each in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from ccglm.errors import PrerequisiteError
from ccglm.proxy.messages_client import MessagesClient
from ccglm.selftest.asking import ModelUnderTest, Tokens
from ccglm.selftest.questions import INPUT_TOKENS, OUTPUT_TOKENS, overflow_tokens
from ccglm.selftest.steps import OVERFLOW_QUESTION, QUESTIONS, Outcome, State, put
from litellm_config.hook_settings import ModelFacts, read_hook_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ccglm.proxy.address import ProxyAddress

# A large model that thinks may say nothing for long; Claude Code waits ten minutes.
_TIMEOUT_S: Final = 180.0


@dataclass(frozen=True)
class Plan:
    """What is to be tested.

    Attributes:
        models: Chain members in the order of the chains, each with what is known about it.
        overflow: Whether a prompt above each model's window is sent too.
    """

    models: Mapping[str, ModelFacts | None]
    overflow: bool = False

    @property
    def tokens(self) -> int:
        """About how many tokens all answered questions cost together."""
        return len(self.models) * (INPUT_TOKENS + OUTPUT_TOKENS)

    @property
    def refused_tokens(self) -> int:
        """About how many tokens the prompts have that must be refused."""
        if not self.overflow:
            return 0
        return sum(overflow_tokens(f.context_tokens) for f in self.models.values() if f is not None)

    @property
    def cost_usd(self) -> float | None:
        """About what the answered questions cost at list price; None when no price is known."""
        costs = [
            (INPUT_TOKENS * facts.input_usd_per_mtok + OUTPUT_TOKENS * facts.output_usd_per_mtok) / 1e6
            for facts in self.models.values()
            if facts is not None
            and facts.input_usd_per_mtok is not None
            and facts.output_usd_per_mtok is not None
        ]  # fmt: skip
        return sum(costs) if costs else None


@dataclass(frozen=True)
class SelfTest:
    """What the test found.

    Attributes:
        outcomes: In the order of the models, each one's questions in their order.
        tokens: What the answers say they cost, by model.
    """

    outcomes: tuple[Outcome, ...]
    tokens: Mapping[str, Tokens]

    @property
    def failed(self) -> list[Outcome]:
        """The outcomes that are not right."""
        return [outcome for outcome in self.outcomes if outcome.state is State.FAILED]


def plan_for(hook_settings: Path, *, only: Sequence[str] = (), overflow: bool = False) -> Plan:
    """Return what to test of a running proxy.

    Args:
        hook_settings: The `hooks.json` it was started with.
        only: Chain members; empty for all.
        overflow: As in `Plan`.

    Raises:
        PrerequisiteError: The file cannot be read.
        ValueError: A name in `only` is in no chain; the message names those that are.
    """
    try:
        settings = read_hook_settings(hook_settings)
    except (OSError, ValidationError) as err:
        raise PrerequisiteError(
            f"`{hook_settings}`, what the running proxy was started with, cannot be read",
            hint="start the proxy again: `ccglm down`, `ccglm up`",
        ) from err
    members = list(dict.fromkeys(member for chain in settings.chains.values() for member in chain))
    if unknown := [name for name in only if name not in members]:
        raise ValueError(f"{', '.join(unknown)}: in no chain; there are {', '.join(members)}")
    chosen = [member for member in members if member in only] if only else members
    return Plan({member: settings.models.get(member) for member in chosen}, overflow)


def run_self_test(plan: Plan, address: ProxyAddress, tell: Callable[[str], None]) -> SelfTest:
    """Ask everything and return what came back.

    Args:
        plan: What to test.
        address: Of the running proxy.
        tell: Is told what is going on.
    """
    return asyncio.run(_run(plan, address, tell))


async def _run(plan: Plan, address: ProxyAddress, tell: Callable[[str], None]) -> SelfTest:
    questions = {**QUESTIONS, **(OVERFLOW_QUESTION if plan.overflow else {})}
    async with MessagesClient(address.base_url, address.token, timeout_s=_TIMEOUT_S) as client:
        models = [
            ModelUnderTest(client, member, facts, tell) for member, facts in plan.models.items()
        ]

        async def examine(model: ModelUnderTest) -> list[Outcome]:
            outcomes: list[Outcome] = []
            for name, question in questions.items():
                tell(f"{model.member}: {name}")
                outcomes.append(await put(name, question, model))
            return outcomes

        found = await asyncio.gather(*(examine(model) for model in models))
    return SelfTest(
        tuple(outcome for outcomes in found for outcome in outcomes),
        {model.member: model.tokens for model in models},
    )
