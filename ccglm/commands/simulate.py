"""`ccglm simulate`: run the simulated Cerebras and Z.ai alone."""

from typing import Annotated

import typer

from ccglm.simulator.launch import run_simulator


def simulate(
    *,
    port: Annotated[int, typer.Option(help="Port of both providers; 0 is any free one.")] = 0,
    control_port: Annotated[
        int, typer.Option(help="Port of the control API; 0 is any free one.")
    ] = 0,
    models: Annotated[
        str, typer.Option(help="Cerebras models: public_2026_11, legacy_glm or dedicated.")
    ] = "public_2026_11",
    knob: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, such as cerebras_rpm=10; repeatable.")
    ] = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Print the addresses as one JSON line.")
    ] = False,
    until_stdin_closes: Annotated[
        bool, typer.Option(hidden=True, help="Also stop when standard input ends.")
    ] = False,
) -> None:
    """Run a simulated Cerebras and Z.ai on this machine until stopped.

    Example: ccglm simulate --port 8100 --models legacy_glm --knob cerebras_rpm=10
    """
    run_simulator(
        api_port=port,
        control_port=control_port,
        knob_texts=[f"model_set={models}", *(knob or [])],
        as_json=json_,
        until_stdin_closes=until_stdin_closes,
    )
