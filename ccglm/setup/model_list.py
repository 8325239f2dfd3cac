"""The models there are: what the catalogue knows, what the chains use, what the providers list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ccglm.result import Result, Table
from litellm_config.facts import facts_for, members_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ccglm.setup.probe import ProbeAnswer
    from litellm_config.catalog import Catalog
    from litellm_config.settings import Settings


@dataclass(frozen=True)
class ListedModel:
    """One model of one provider. Token counts and prices are None where they are not known."""

    member: str
    status: str
    """current, dedicated, retired, or unknown to the catalogue."""
    successor: str | None
    context_tokens: int | None
    max_output_tokens: int | None
    input_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    reads_images: bool
    efforts: tuple[str, ...]
    used_by: tuple[str, ...]
    """Roles in whose chains it is, as `main[0]`."""
    listed: bool | None
    """Whether the provider lists it for the user's key; None: not asked, or no answer."""
    note: str


def list_models(
    catalog: Catalog, settings: Settings | None, answers: Iterable[ProbeAnswer] = ()
) -> list[ListedModel]:
    """Return every model of the catalogue, the settings and the providers.

    Args:
        catalog: The shipped facts.
        settings: The user's, broken or not; None for none.
        answers: What the providers list.
    """
    there = _listed_members(answers)
    known = [*catalog.models, *(members_of(settings) if settings else ()), *sorted(_ids(there))]
    return [_listed(member, catalog, settings, there) for member in dict.fromkeys(known)]


def _listed_members(answers: Iterable[ProbeAnswer]) -> dict[str, set[str]]:
    """Return provider to the models it lists; providers that gave no list are left out."""
    there: dict[str, set[str]] = {}
    for answer in answers:
        if answer.models is not None:
            there.setdefault(answer.provider, set()).update(answer.models)
    return there


def _ids(there: Mapping[str, set[str]]) -> Iterable[str]:
    return (f"{provider}/{model}" for provider, models in there.items() for model in models)


def _listed(
    member: str, catalog: Catalog, settings: Settings | None, there: Mapping[str, set[str]]
) -> ListedModel:
    known = catalog.models.get(member)
    # The settings may know better than the catalogue.
    facts = (facts_for(member, settings, catalog) if settings else None) or known
    provider, _, model = member.partition("/")
    return ListedModel(
        member=member,
        status=known.status if known else "unknown",
        successor=known.successor if known else None,
        context_tokens=facts.context_tokens if facts else None,
        max_output_tokens=facts.max_output_tokens if facts else None,
        input_usd_per_mtok=facts.input_usd_per_mtok if facts else None,
        cached_input_usd_per_mtok=facts.cached_input_usd_per_mtok if facts else None,
        output_usd_per_mtok=facts.output_usd_per_mtok if facts else None,
        reads_images=facts.reads_images if facts else False,
        efforts=facts.efforts if facts else (),
        used_by=tuple(_uses(member, settings)),
        listed=model in there[provider] if provider in there else None,
        note=known.note if known else "",
    )


def _uses(member: str, settings: Settings | None) -> Iterable[str]:
    for role, chain in settings.models.items() if settings else ():
        for index, name in enumerate(chain):
            if name == member:
                yield f"{role}[{index}]"


def models_view(models: Sequence[ListedModel], *, every: bool, asked: bool) -> Result:
    """Return the list for people and for programs.

    Args:
        models: From `list_models`.
        every: Whether people also see retired models that no chain uses; programs always do.
        asked: Whether the providers were asked.
    """
    shown = [m for m in models if every or m.used_by or m.listed or m.status != "retired"]
    columns = ["model", "status", "used by", "context", "output", "in", "cached", "out", "images"]
    if asked:
        columns.append("listed")
    rows = [_row(model)[: len(columns)] for model in shown]
    numbers = frozenset({"context", "output", "in", "cached", "out"})
    left_out = len(models) - len(shown)
    more = [f"{left_out} retired models are not shown; `--all` shows them"] if left_out else []
    foot = ["tokens; prices in USD for a million tokens", *more]
    return Result(
        {"models": [_document(m) for m in models]}, [Table(columns, rows, numbers), *foot]
    )


def _row(model: ListedModel) -> list[str]:
    successor = f", now {model.successor}" if model.successor else ""
    return [
        model.member,
        model.status + successor,
        ", ".join(model.used_by),
        *(_number(value) for value in (model.context_tokens, model.max_output_tokens)),
        _price(model.input_usd_per_mtok),
        _price(model.cached_input_usd_per_mtok),
        _price(model.output_usd_per_mtok),
        "yes" if model.reads_images else "",
        {True: "yes", False: "no", None: "?"}[model.listed],
    ]


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _price(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"


def _document(model: ListedModel) -> dict[str, object]:
    return {
        "model": model.member,
        "status": model.status,
        "successor": model.successor,
        "used_by": list(model.used_by),
        "context_tokens": model.context_tokens,
        "max_output_tokens": model.max_output_tokens,
        "input_usd_per_mtok": model.input_usd_per_mtok,
        "cached_input_usd_per_mtok": model.cached_input_usd_per_mtok,
        "output_usd_per_mtok": model.output_usd_per_mtok,
        "reads_images": model.reads_images,
        "efforts": list(model.efforts),
        "listed": model.listed,
        "note": model.note,
    }
