"""The list of cases: each a named async function whose docstring says what must hold."""

from __future__ import annotations

import fnmatch
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from scripts.conformance import cases
from scripts.conformance.bench import Bench

Surface = Literal["cerebras", "zai-anthropic", "zai-openai", "zai-coding"]
SURFACES: tuple[Surface, ...] = get_args(Surface)
CHAT: tuple[Surface, ...] = ("cerebras", "zai-openai", "zai-coding")
"""The surfaces that speak chat completions."""

CaseFunction = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    """One thing that must hold.

    Attributes:
        name: `group/function`, unique.
        group: What it belongs to; the summary counts by it.
        description: One sentence, the first line of the function's docstring.
        run: The function.
        stream: Whether `Bench.ask` streams when the case does not say.
        surfaces: The provider surfaces it makes sense on.
        fault: A scenario makes the provider fail; what follows may have to wait until the gateway trusts it again.
        fallback: The gateway needs a second provider behind the first.
        slow: It waits for real seconds; `--quick` leaves it out.
    """

    name: str
    group: str
    description: str
    run: CaseFunction
    stream: bool = True
    surfaces: tuple[Surface, ...] = SURFACES
    fault: bool = False
    fallback: bool = False
    slow: bool = False


_CASES: dict[str, Case] = {}
TWINS = "non-streaming"


def case(
    group: str,
    *,
    surfaces: tuple[Surface, ...] = SURFACES,
    twin: bool = False,
    fault: bool = False,
    fallback: bool = False,
    slow: bool = False,
) -> Callable[[CaseFunction], CaseFunction]:
    """Register the decorated function as a case.

    Args:
        group: What it belongs to.
        surfaces: The provider surfaces it makes sense on.
        twin: Register it a second time, in the group `non-streaming`, asking without `stream`.
        fault: See `Case`.
        fallback: See `Case`.
        slow: See `Case`.
    """

    def register(function: CaseFunction) -> CaseFunction:
        label = function.__name__.replace("_", "-")
        description = (function.__doc__ or "").strip().split("\n")[0]
        made = Case(
            name=f"{group}/{label}",
            group=group,
            description=description,
            run=function,
            surfaces=surfaces,
            fault=fault,
            fallback=fallback,
            slow=slow,
        )
        _add(made)
        if twin:
            _add(
                replace(
                    made,
                    name=f"{TWINS}/{group}-{label}",
                    group=TWINS,
                    description=f"Without streaming: {description[:1].lower()}{description[1:]}",
                    stream=False,
                )
            )
        return function

    return register


def _add(made: Case) -> None:
    if made.name in _CASES:
        raise ValueError(f"two cases are called {made.name}")
    _CASES[made.name] = made


def all_cases() -> list[Case]:
    """Return every case: those that disturb nothing first, those with provider faults last."""
    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"{cases.__name__}.{module.name}")
    return sorted(_CASES.values(), key=lambda made: made.fault)


def select(
    found: Iterable[Case],
    surface: Surface,
    *,
    only: Iterable[str] = (),
    fallback: bool = True,
    quick: bool = False,
) -> list[Case]:
    """Return the cases that apply.

    Args:
        found: All cases.
        surface: The surface of the gateway's first provider.
        only: Patterns of names (`tools/*`) or groups; none takes all.
        fallback: Whether the gateway has a second provider.
        quick: Leave out what waits for real seconds.
    """
    patterns = tuple(only)
    return [
        made
        for made in found
        if surface in made.surfaces
        and (fallback or not made.fallback)
        and not (quick and made.slow)
        and (not patterns or any(_named(made, pattern) for pattern in patterns))
    ]


def _named(made: Case, pattern: str) -> bool:
    return made.group == pattern or fnmatch.fnmatchcase(made.name, pattern)
