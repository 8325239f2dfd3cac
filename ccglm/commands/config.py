"""`ccglm config`: what the settings become, and what they may hold."""

import typer

from ccglm.commands.options import ConfigOption, JsonOption
from ccglm.context import AppContext
from ccglm.proxy.prepare import prepare
from ccglm.result import Result
from litellm_config.schema import schema_text

config = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show the LiteLLM config, or the JSON schema of the settings",
)


@config.command()
def show(ctx: typer.Context, *, config: ConfigOption = None, json_: JsonOption = False) -> None:
    """Print the LiteLLM config that the settings produce; it holds no key.

    Example: `ccglm config show > litellm.yaml`
    """
    app = AppContext.of(ctx, config=config)
    prepared = prepare(app.paths, app.environment)
    app.output.warn_of(prepared.warnings)
    app.output.result(Result(prepared.config.data, [prepared.config_text]), as_json=json_)


@config.command()
def schema(ctx: typer.Context) -> None:
    """Print the JSON schema of `ccglm.yaml`, for editors."""
    AppContext.of(ctx).output.answer(schema_text())
