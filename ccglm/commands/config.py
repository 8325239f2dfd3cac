"""`ccglm config`: what the settings become, and what they may hold."""

from typing import Annotated

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


@config.command()
def explain(
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(help="The name a client asks for.", show_default=False)],
    *,
    tokens: Annotated[int, typer.Option("--tokens", min=0, help="Length of the prompt.")] = 0,
    image: Annotated[bool, typer.Option("--image", help="With a new image.")] = False,
    think: Annotated[bool, typer.Option("--think", help="With thinking.")] = False,
    subagent: Annotated[bool, typer.Option("--subagent", help="From a subagent.")] = False,
    config: ConfigOption = None,
    json_: JsonOption = False,
) -> None:
    """Print who would serve a request, and why.

    Example: `ccglm config explain opus --tokens 150000`
    """
    from ccglm.proxy.explain_route import explain_route
    from litellm_config.route_choice import Traits

    app = AppContext.of(ctx, config=config)
    hooks = prepare(app.paths, app.environment).hooks
    traits = Traits(model, image=image, tokens=tokens, agent=subagent, thinks=think)
    app.output.result(explain_route(hooks, traits), as_json=json_)
