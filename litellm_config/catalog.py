"""Model facts and plan limits, read from the data files that ship with the package."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import Field

from litellm_config.hook_settings import (
    ClaudePrice,
    Described,
    QuotaLimits,
    ReasoningHistory,
    ThinkingSwitch,
)

Status = Literal["current", "dedicated", "retired"]


class PlanModelLimits(Described):
    """Limits of a model that are smaller on a plan."""

    context_tokens: int | None = Field(default=None, gt=0, description="Context window on it.")
    max_output_tokens: int | None = Field(default=None, gt=0, description="Longest answer on it.")


class CatalogModel(Described):
    """One model of one provider, as `data/models.yaml` describes it."""

    status: Status = Field(description="current, dedicated (per account) or retired.")
    since: str | None = Field(default=None, description="Day it became dedicated or retired.")
    successor: str | None = Field(default=None, description="Member to use in its place.")
    context_tokens: int | None = Field(gt=0, description="Context window; null: not public.")
    max_output_tokens: int | None = Field(gt=0, description="Longest answer; null: not public.")
    input_usd_per_mtok: float | None = Field(default=None, ge=0, description="Uncached input.")
    cached_input_usd_per_mtok: float | None = Field(default=None, ge=0, description="Cached input.")
    output_usd_per_mtok: float | None = Field(default=None, ge=0, description="Output.")
    reads_images: bool = Field(default=False, description="Whether it takes images.")
    efforts: tuple[str, ...] = Field(default=(), description="Values of `reasoning_effort`.")
    thinking: ThinkingSwitch = Field(default="never", description="How thinking is turned off.")
    reasoning_history: ReasoningHistory = Field(default="none", description="Where history goes.")
    clear_thinking: bool = Field(default=False, description="Takes `clear_thinking`.")
    tool_stream: bool = Field(default=False, description="Takes `tool_stream`.")
    coding_plan: bool = Field(default=False, description="Z.ai: served on the coding plan.")
    concurrency: int | None = Field(default=None, ge=1, description="Most requests at once.")
    by_plan: dict[str, PlanModelLimits] = Field(
        default_factory=dict[str, PlanModelLimits], description="Smaller limits on a plan."
    )
    source: str = Field(description="Public material the facts are from.")
    date: str = Field(description="Day it was read, YYYY-MM-DD.")
    note: str = Field(default="", description="What else a user should know.")


class Plan(Described):
    """What one plan of a provider allows."""

    status: Literal["current", "past"] = Field(description="Whether it can be had today.")
    models: dict[str, QuotaLimits] = Field(
        default_factory=dict[str, QuotaLimits], description="Model id to its limits."
    )
    credits_per_5h: int | None = Field(default=None, description="Z.ai: credits in five hours.")
    credits_per_week: int | None = Field(default=None, description="Z.ai: credits in a week.")
    source: str = Field(description="Public material the limits are from.")
    date: str = Field(description="Day it was read, YYYY-MM-DD.")
    note: str = Field(default="", description="What else a user should know.")


class Reservation(Described):
    """How Cerebras counts an answer against the quota before it exists."""

    default_tokens: int = Field(description="Assumed when no output limit is sent.")
    cap_tokens: int = Field(description="Most that is reserved for one request.")


class CreditWeights(Described):
    """Credits of Z.ai's coding plan for 10,000 tokens."""

    input: float = Field(description="For uncached input.")
    cached: float = Field(description="For cached input.")
    output: float = Field(description="For output.")


class ProviderPlans(Described):
    """The plans of one provider."""

    plans: dict[str, Plan] = Field(description="Plan name to what it allows.")
    reservation: Reservation | None = Field(default=None, description="Cerebras' reservation.")
    credit_weights: dict[str, CreditWeights] = Field(
        default_factory=dict[str, CreditWeights], description="Z.ai: model id to its weights."
    )


class DedicatedOffer(Described):
    """Models a provider serves on dedicated endpoints, under ids of the customer's own."""

    names: tuple[str, ...] = Field(description="Their names.")
    since: str = Field(description="Day from which they are offered.")
    source: str = Field(description="Public material this is from.")
    date: str = Field(description="Day it was read.")


class ClaudePrices(Described):
    """Claude's list prices by tier, for the comparison of costs."""

    source: str = Field(description="Where the figures are from.")
    date: str = Field(description="Day they were read.")
    tiers: dict[str, ClaudePrice] = Field(description="opus, sonnet, haiku, fable.")


class Catalog(Described):
    """Everything the data files say."""

    models: dict[str, CatalogModel] = Field(description="`provider/model` to its facts.")
    dedicated_without_id: dict[str, DedicatedOffer] = Field(description="By provider.")
    claude_prices: ClaudePrices = Field(description="For the comparison of costs.")
    plans: dict[str, ProviderPlans] = Field(description="Provider to its plans.")
    litellm_providers: frozenset[str] = Field(description="Provider names LiteLLM knows.")

    def of(self, provider: str) -> dict[str, CatalogModel]:
        """Return a provider's models by member name, in the catalogue's order."""
        return {name: m for name, m in self.models.items() if name.startswith(f"{provider}/")}

    def current(self, provider: str) -> tuple[str, ...]:
        """Return the members of a provider that anyone with a key can use."""
        return tuple(name for name, m in self.of(provider).items() if m.status == "current")

    def plans_of(self, provider: str) -> Mapping[str, Plan]:
        """Return a provider's plans by name; empty for a provider without any."""
        found = self.plans.get(provider)
        return found.plans if found else {}


@lru_cache(maxsize=1)
def read_catalog() -> Catalog:
    """Read the data files, once a process.

    Returns:
        The catalogue.

    Raises:
        pydantic.ValidationError: A data file is broken; a test reads them all.
    """
    providers = data_text("litellm_providers.txt").splitlines()
    return Catalog.model_validate(
        {
            **_yaml("models.yaml"),
            "plans": _yaml("plans.yaml"),
            "litellm_providers": [line for line in providers if not line.startswith("#")],
        }
    )


def data_text(name: str) -> str:
    """Return the text of a data file of the package."""
    return (files("litellm_config") / "data" / name).read_text(encoding="utf-8")


def _yaml(name: str) -> dict[str, Any]:
    # libyaml reads these files in a tenth of the time; not every platform has it
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(data_text(name), Loader=loader)  # noqa: S506  # a safe loader either way
