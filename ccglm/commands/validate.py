"""`ccglm validate`: are the settings right."""

from typing import Annotated

import typer

from ccglm.commands.options import ConfigOption, JsonOption
from ccglm.context import AppContext
from ccglm.errors import ProviderFailure
from ccglm.proxy.prepare import prepare
from ccglm.proxy.validation import validation_view
from ccglm.setup.online import judge, targets_of
from ccglm.setup.probe import probe_all


def validate(
    ctx: typer.Context,
    *,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Also ask the providers: are the keys good, the models there."
        ),
    ] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Check the settings and the LiteLLM config they produce.

    Every problem is shown as file:line, key and message. Exit code 3 for wrong settings, 4 when only keys are
    missing, 6 when a provider refuses a key.
    """
    app = AppContext.of(ctx, config=config)
    prepared = prepare(app.paths, app.environment)
    found = None
    if online:
        with app.output.status("asking the providers"):
            found = judge(
                prepared.settings, probe_all(targets_of(prepared.settings, prepared.variables))
            )
        if found.keys_refused:
            raise ProviderFailure(
                "the settings are valid, but not every key is accepted",
                hint="put the right key into `.env`, or run `ccglm init --force`",
                problems=found.problems,
            )
    problems = found.problems if found else []
    app.output.warn_of([*prepared.warnings, *problems])
    app.output.result(validation_view(prepared, app.paths, problems), as_json=json_)
