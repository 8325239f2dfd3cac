"""Runs the API port and the control port in one process and one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn
from typing_extensions import override

from ccglm.simulator.api import Api
from ccglm.simulator.connections import Connections
from ccglm.simulator.control import control_app
from ccglm.simulator.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, MutableMapping

    from ccglm.simulator.knobs import Knobs

HOST = "127.0.0.1"
_BACKLOG = 2_048


class Addresses(NamedTuple):
    """Where a running simulator is reached."""

    api: str
    control: str
    cerebras_base: str
    zai_base: str

    @classmethod
    def of(cls, api_port: int, control_port: int) -> Addresses:
        """Return the addresses for two ports."""
        api = f"http://{HOST}:{api_port}"
        return cls(api, f"http://{HOST}:{control_port}", f"{api}/v1", api)


class _Server(uvicorn.Server):
    """uvicorn that tells when it listens, stops at once, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Generator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    def stop(self) -> None:
        """End now: open streams are cut, nobody is waited for."""
        self.should_exit = True
        self.force_exit = True


class _TwoPorts:
    """ASGI application that goes by the port a request came in on."""

    def __init__(self, api: Api, control: Any, control_port: int) -> None:
        self._api = api
        self._control = control
        self._control_port = control_port

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        if scope["server"][1] == self._control_port:
            await self._control(scope, receive, send)
        else:
            await self._api(scope, receive, send)


def listen(port: int) -> socket.socket:
    """Return a listening socket on the loopback address; port 0 is any free one.

    Raises:
        OSError: The port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def serve(
    knobs: Knobs,
    *,
    api_port: int,
    control_port: int,
    on_ready: Callable[[Addresses], None],
    until_stdin_closes: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        knobs: Settings to start with and to come back to on a reset.
        api_port: Port of both providers; 0 is any free one.
        control_port: Port of the control API; 0 is any free one.
        on_ready: Called once both ports accept connections.
        until_stdin_closes: Also stop when standard input ends, as it does when the parent dies.

    Raises:
        OSError: A port is taken.
    """
    with contextlib.ExitStack() as stack:
        api_socket = stack.enter_context(listen(api_port))
        control_socket = stack.enter_context(listen(control_port))
        where = Addresses.of(api_socket.getsockname()[1], control_socket.getsockname()[1])
        world, connections = World(knobs), Connections()
        app = _TwoPorts(
            Api(world, connections), control_app(world), control_socket.getsockname()[1]
        )
        config = uvicorn.Config(
            app,
            http=connections.protocol(),
            ws="none",
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            log_config=None,
            log_level="critical",
            access_log=False,
            backlog=_BACKLOG,
            timeout_keep_alive=75,
        )
        server = _Server(config, on_ready=lambda: on_ready(where))
        runner = _run(server, [api_socket, control_socket], watch_stdin=until_stdin_closes)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as loop_runner:
            loop_runner.run(runner)


async def _run(server: _Server, sockets: list[socket.socket], *, watch_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, server.stop)
    if watch_stdin:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end, server)
    # What start-up built lives as long as the process: keep the collector from walking it again.
    gc.collect()
    gc.freeze()
    await server.serve(sockets)


def _stop_at_end(server: _Server) -> None:
    if not os.read(sys.stdin.fileno(), 4_096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        server.stop()
