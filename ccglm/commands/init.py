"""`ccglm init`: from keys to settings."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ccglm.commands.options import ConfigOption, DryRunOption, ForceOption, YesOption
from ccglm.context import AppContext
from ccglm.errors import CcglmError
from ccglm.files import apply_plan
from ccglm.setup.init_view import ask_for_keys, written_lines
from ccglm.setup.plan import InitRequest, plan_init, preset_names
from ccglm.setup.probe import ProbeAnswer, ProbeTarget, probe_all


def init(
    ctx: typer.Context,
    *,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset", metavar="NAME", help="cerebras-zai (default), cerebras, zai or zai-coding."
        ),
    ] = None,
    yes: YesOption = False,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = None,
) -> None:
    """Ask for the keys, choose the models, write the settings.

    Keys come from the environment (CEREBRAS_API_KEY, ZAI_API_KEY), else from `.env`, else you are asked; nothing
    is shown while you type. The providers are asked which models the keys may use. Settings that are there are
    kept unless `--force` is given. Running it twice changes nothing.

    Examples: `ccglm init`, `ccglm init --yes --preset zai`, `ccglm init --dry-run`
    """
    app = AppContext.of(ctx, config=config)
    if preset is not None and preset not in preset_names():
        raise typer.BadParameter(f"`{preset}` is not one of {', '.join(preset_names())}")

    def probe(targets: Sequence[ProbeTarget]) -> list[ProbeAnswer]:
        with app.output.status("asking the providers for their models"):
            return probe_all(targets)

    plan = plan_init(
        InitRequest(app.paths, app.environment, preset, force=force),
        ask=None if yes else ask_for_keys(app.output),
        probe=probe,
    )
    for warning in plan.warnings:
        app.output.warn(warning)
    if dry_run:
        app.output.answer(plan.diff() or "nothing would change")
        return
    if not plan.changes:
        app.output.answer(f"nothing to do: `{app.paths.settings}` and its keys are there")
        return
    names = " and ".join(f"`{path}`" for path in plan.replaced)
    if names and not app.output.confirm(f"replace {names}?", assume_yes=yes):
        raise CcglmError("nothing was changed")
    written = [write.path for write in plan.changes]
    for line in written_lines(plan, written, apply_plan(plan.writes)):
        app.output.line(line)
    app.output.next_step("`ccglm up` starts the proxy, `ccglm code` Claude Code on it")
