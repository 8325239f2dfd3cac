"""What `ccglm validate` says of settings that can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.result import Result, problem_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccglm.paths import Paths
    from ccglm.proxy.prepare import Prepared
    from litellm_config.problems import Problem


def validation_view(prepared: Prepared, paths: Paths, online: Sequence[Problem]) -> Result:
    """Return the answer for settings without errors.

    Args:
        prepared: What was checked.
        paths: Where it is from.
        online: What asking the providers found; empty also when nobody was asked.
    """
    chains = {role: list(chain) for role, chain in prepared.hooks.chains.items()}
    problems = [problem_document(problem) for problem in (*prepared.warnings, *online)]
    data: dict[str, object] = {
        "settings": str(paths.settings),
        "chains": chains,
        "problems": problems,
    }
    deployments = len(prepared.config.data["model_list"])
    roles = "; ".join(f"{role}: {', then '.join(chain)}" for role, chain in chains.items())
    return Result(data, [f"`{paths.settings}` is valid ({deployments} deployments; {roles})"])
