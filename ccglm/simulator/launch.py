"""Starts the simulator from a command line: knobs from text, addresses on standard output."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import ValidationError

from ccglm.errors import CcglmError
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.server import Addresses, serve

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_knobs(texts: Iterable[str]) -> Knobs:
    """Return the knobs for texts such as `cerebras_rpm=10` or `guess.system_array=accept`.

    Values are JSON where they parse as JSON, else text.

    Raises:
        CcglmError: A text has no `=`, or a knob or value is not known.
    """
    changes: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise CcglmError(f"`{text}` is not NAME=VALUE")
        try:
            changes[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            changes[name] = value
    try:
        return Knobs().patched(changes)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise CcglmError(f"knob `{name}`: {first['msg'].lower()}") from error


def run_simulator(
    *,
    api_port: int,
    control_port: int,
    knob_texts: Iterable[str],
    as_json: bool,
    until_stdin_closes: bool,
) -> None:
    """Serve until stopped; prints the addresses once both ports accept connections.

    Raises:
        CcglmError: A port is taken, or a knob is not known.
    """
    knobs = read_knobs(knob_texts)
    try:
        serve(
            knobs,
            api_port=api_port,
            control_port=control_port,
            on_ready=lambda where: _announce(where, as_json=as_json),
            until_stdin_closes=until_stdin_closes,
        )
    except OSError as error:
        hint = "choose another port, or 0 for any free one"
        raise CcglmError(f"cannot listen: {error.strerror}", hint=hint) from error


def _announce(where: Addresses, *, as_json: bool) -> None:
    """Write the addresses; this line is the data others start the simulator for."""
    if as_json:
        line = orjson.dumps(where._asdict()).decode()
    else:
        line = "\n".join(f"{name:14} {url}" for name, url in where._asdict().items())
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
