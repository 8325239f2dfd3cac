"""The proxy process: `python -m callbacks.serve --config FILE --host H --port P [--workers N]`.

Runs LiteLLM's own application with uvicorn, our edge around it and our routes in it, and warms it up. It changes
nothing of LiteLLM's configuration; the environment is prepared by `ccglm up`. LiteLLM is imported in the process that
serves and not before: what it reads from the environment is set by then.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import uvicorn

from callbacks.asgi import App, Message, Receive, Scope, Send
from callbacks.log_rotation import start_rotation
from litellm_config.hook_settings import HookSettings, read_hook_settings

SETTINGS_VARIABLE = "CCGLM_HOOK_SETTINGS"
RUN_ID_VARIABLE = "CCGLM_RUN_ID"
MASTER_KEY_VARIABLE = "CCGLM_MASTER_KEY"
LOG_LEVEL_VARIABLE = "CCGLM_LOG_LEVEL"
CONFIG_VARIABLE = "CONFIG_FILE_PATH"
"""LiteLLM's own name for the config its application loads at start."""

SHUTDOWN_GRACE_S = 1
WORKER_START_S = 60
"""A worker that imports LiteLLM answers nobody; uvicorn's default would end it after 5 s, for ever."""

KEEP_ALIVE_S = 75
"""Claude Code keeps its connection between turns; uvicorn's default of 5 s would close it each time."""

_NO_DEV_MODE = {
    # In its default mode LiteLLM's import loads the nearest `.env` above its own files.
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOG": "WARNING",
    "LITELLM_DONT_SHOW_FEEDBACK_BOX": "True",
}


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop.

    Returns:
        Exit code: 0 after an orderly stop, 1 when a file cannot be read, else uvicorn's.
    """
    options = _parser().parse_args(arguments)
    environment = os.environ  # noqa: TID251  this is where the process's environment is prepared
    environment.update(_NO_DEV_MODE)
    environment[CONFIG_VARIABLE] = str(options.config)
    try:
        options.config.read_bytes()
        read_hook_settings(Path(environment[SETTINGS_VARIABLE]))
    except KeyError:
        print(f"error: {SETTINGS_VARIABLE} is not set", file=sys.stderr)  # noqa: T201
        return 1
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    start_rotation(environment)
    uvicorn.run(
        "callbacks.serve:create_app",
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers if options.workers > 1 else None,
        loop="auto",
        http="auto",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
        timeout_worker_healthcheck=WORKER_START_S,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m callbacks.serve", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    return parser


def create_app() -> App:
    """Return the application of one worker; called by uvicorn in the process that serves."""
    from litellm.proxy import proxy_server

    from callbacks import litellm_shortcuts
    from callbacks.edge import Edge
    from callbacks.log_setup import set_up_logging
    from callbacks.own_routes import State, add_routes

    environment = os.environ  # noqa: TID251  read once, here
    settings = read_hook_settings(Path(environment[SETTINGS_VARIABLE]))
    start_rotation(environment)  # each worker process follows the log by itself
    level = logging.getLevelNamesMapping()[environment.get(LOG_LEVEL_VARIABLE, "info").upper()]
    set_up_logging(level=level, quiet=not settings.logging_content)
    state = State(environment.get(RUN_ID_VARIABLE, ""), _version())
    add_routes(proxy_server.app, state)
    edge = Edge(litellm_shortcuts.install(proxy_server.app), ping_s=settings.ping_s)
    return Worker(edge, state, environment.get(MASTER_KEY_VARIABLE, ""), settings)


def _version() -> str:
    try:
        return version("ccglm")
    except PackageNotFoundError:
        return "unknown"


class Worker:
    """The application as uvicorn sees it: warms up once LiteLLM has started."""

    def __init__(self, app: App, state: Any, master_key: str, settings: HookSettings) -> None:
        self._app = app
        self._state = state
        self._master_key = master_key
        self._settings = settings
        self._warming: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def watch(message: Message) -> None:
            if message["type"] == "lifespan.shutdown.complete":
                await _close()
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._warming = asyncio.create_task(self._warm_up())

        try:
            await self._app(scope, receive, watch)
        finally:
            if self._warming is not None:
                self._warming.cancel()

    async def _warm_up(self) -> None:
        from litellm.proxy import proxy_server

        from callbacks import litellm_shortcuts
        from callbacks.warmup import warm_up

        litellm_shortcuts.settle(Path(os.environ[CONFIG_VARIABLE]))  # noqa: TID251  set by `main`
        await warm_up(self._app, proxy_server.llm_router, self._master_key)
        self._state.warm = True


async def _close() -> None:
    from callbacks.assembly import close

    await close()


if __name__ == "__main__":
    sys.exit(main())
