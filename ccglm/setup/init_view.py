"""What `ccglm init` asks and says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.files import SECRET_MODE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ccglm.console import Output
    from ccglm.setup.plan import InitPlan


def ask_for_keys(output: Output) -> Callable[[str], str] | None:
    """Return how to ask for a key; None where nobody is there to answer."""
    if not output.interactive:
        return None
    return lambda question: output.ask_secret(question, otherwise="export the key instead")


def written_lines(plan: InitPlan, written: Sequence[Path], backups: Sequence[Path]) -> list[str]:
    """Return what was written, for people.

    Args:
        plan: What was applied.
        written: The files that changed.
        backups: Where old texts were kept.
    """
    modes = {write.path: write.mode for write in plan.writes}
    lines = [
        f"wrote `{path}`{', which only you can read' if modes[path] == SECRET_MODE else ''}"
        for path in written
    ]
    lines += [f"kept the old text in `{backup}`" for backup in backups]
    width = max((len(role) for role in plan.chains), default=0)
    return [
        *lines,
        *(f"  {role:<{width}}  {', then '.join(chain)}" for role, chain in plan.chains.items()),
    ]
