"""`ccglm test`: do the models of your chains do what Claude Code needs?"""

from typing import Annotated

import typer

from ccglm.commands.options import JsonOption, YesOption
from ccglm.context import AppContext
from ccglm.errors import CcglmError
from ccglm.proxy.active import require_active
from ccglm.proxy.address import address_of
from ccglm.selftest.run import plan_for, run_self_test
from ccglm.selftest.views import announcement, verdict, view


def ask_models(
    ctx: typer.Context,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="MEMBER", help="This `provider/model`; repeatable."),
    ] = None,
    overflow: Annotated[
        bool,
        typer.Option("--overflow", help="Also send a prompt that no model can read; it is large."),
    ] = False,
    yes: YesOption = False,
    json_: JsonOption = False,
) -> None:
    """Ask every model of the chains through the running proxy, and say what works.

    Text, streams, thinking, tools, parallel tools, token counting, each model by its own name, so that none hides
    behind another. Costs a few thousand tokens a model; says how many and asks first. Exit code 1 when something
    failed, 5 when the proxy is not running.

    Examples: `ccglm test`, `ccglm test --only cerebras/zai-glm-4.7 --yes`, `ccglm test --overflow`
    """
    app = AppContext.of(ctx)
    record = require_active(app.paths.run_record).record
    address = address_of(record, app.environment)
    try:
        plan = plan_for(record.paths.hook_settings, only=only or (), overflow=overflow)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--only") from error
    app.output.note(announcement(plan))
    if not app.output.confirm("ask them?", assume_yes=yes):
        raise CcglmError("nobody was asked")
    with app.output.status("asking") as status:
        found = run_self_test(plan, address, status.update)
    failure = verdict(found)
    if failure is None or not json_:
        app.output.result(view(found), as_json=json_)
    if failure is not None:
        raise failure
