"""The self test in words: what it will cost, what it found, and the error that amounts to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.errors import CcglmError
from ccglm.result import Result, Table
from ccglm.selftest.steps import State
from ccglm.text import count, duration, money

if TYPE_CHECKING:
    from ccglm.selftest.run import Plan, SelfTest


def announcement(plan: Plan) -> str:
    """Return what the test asks of whom and what that costs, for people, before anything is asked."""
    cost = "" if plan.cost_usd is None else f", {money(plan.cost_usd)} at list price"
    lines = [
        f"asks {', '.join(plan.models)} through the running proxy:",
        f"about {count(plan.tokens)} tokens{cost}",
    ]
    if plan.overflow:
        lines.append(
            f"and sends about {count(plan.refused_tokens)} tokens in prompts that must be refused; "
            "they may count against a token quota"
        )
    return "\n".join(lines)


def document(test: SelfTest) -> dict[str, object]:
    """Return the test as data.

    Returns:
        `{"passed", "results": [{"model", "test", "state": "ok"|"fail"|"skip", "detail", "duration_ms"}],
        "tokens": {model: {"input", "output"}}}`.
    """
    return {
        "passed": not test.failed,
        "results": [
            {
                "model": outcome.member,
                "test": outcome.name,
                "state": str(outcome.state),
                "detail": outcome.detail,
                "duration_ms": round(outcome.duration_ms, 1),
            }
            for outcome in test.outcomes
        ],
        "tokens": {member: vars(tokens) for member, tokens in test.tokens.items()},
    }


def view(test: SelfTest) -> Result:
    """Return the test for people and for programs."""
    rows = [
        (
            outcome.member,
            outcome.name,
            str(outcome.state),
            "" if outcome.state is State.SKIPPED else duration(outcome.duration_ms / 1000),
            outcome.detail,
        )
        for outcome in test.outcomes
    ]
    table = Table(("model", "test", "", "took", "what came back"), rows, right=frozenset({"took"}))
    read = sum(tokens.input for tokens in test.tokens.values())
    written = sum(tokens.output for tokens in test.tokens.values())
    asked = sum(outcome.state is not State.SKIPPED for outcome in test.outcomes)
    right = sum(outcome.state is State.OK for outcome in test.outcomes)
    cost = f"{count(read)} tokens read, {count(written)} written"
    return Result(document(test), [table, "", f"{right} of {asked} right; {cost}"])


def verdict(test: SelfTest) -> CcglmError | None:
    """Return the error that a test amounts to, None when all was right; its JSON form carries the test."""
    if not test.failed:
        return None
    models = dict.fromkeys(outcome.member for outcome in test.failed)
    number = len(test.failed)
    return CcglmError(
        f"{number} test{'' if number == 1 else 's'} failed on {' and '.join(models)}",
        hint="`ccglm doctor --online` looks for the cause; `ccglm logs` has the requests",
        data=document(test),
    )
