"""`ccglm models`: which models there are."""

from typing import Annotated

import typer

from ccglm.commands.options import ConfigOption, JsonOption
from ccglm.context import AppContext
from ccglm.dotenv_file import read_dotenv
from ccglm.errors import PrerequisiteError
from ccglm.setup.model_list import list_models, models_view
from ccglm.setup.online import targets_of
from ccglm.setup.probe import probe_all
from litellm_config.catalog import read_catalog
from litellm_config.load import load_settings, merged_variables


def models(
    ctx: typer.Context,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the providers what your keys may use.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Also retired models.")] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """List the models, their limits and prices, and which chains use them.

    Works without settings; with them, it shows who is used where.

    Example: `ccglm models --online`
    """
    app = AppContext.of(ctx, config=config)
    dotenv, catalog = read_dotenv(app.paths.secrets), read_catalog()
    settings = load_settings(app.paths.settings, app.environment, dotenv, catalog=catalog).draft
    answers = []
    if online and settings is None:
        raise PrerequisiteError(
            "there are no settings to ask with", hint="`ccglm init` writes them"
        )
    if online and settings is not None:
        with app.output.status("asking the providers for their models"):
            answers = probe_all(targets_of(settings, merged_variables(app.environment, dotenv)))
    for answer in answers:
        if answer.problem:
            app.output.warn(answer.problem)
    view = models_view(list_models(catalog, settings, answers), every=every, asked=online)
    app.output.result(view, as_json=json_)
