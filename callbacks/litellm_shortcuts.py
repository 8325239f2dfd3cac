"""What a request does not need of LiteLLM, taken out in one place: `install` before the start, `settle` after it.

Each cut is a module of its own with the reason for it; `docs/performance.md` has what each saves. All but one apply
only while `callbacks.litellm_lean` finds LiteLLM configured as ccglm writes it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from callbacks import litellm_call, litellm_lean, litellm_stream
from callbacks.asgi import App
from callbacks.guard import unexpected
from callbacks.litellm_imports import remember_absent
from callbacks.litellm_route import MESSAGES_PATH, Shortened, short_way
from callbacks.own_routes import COUNT_PATH
from callbacks.translate.json_values import as_object

_LOG = logging.getLogger("ccglm")


def install(app: FastAPI) -> App:
    """Prepare the cuts and return the application to serve; none applies before `settle`.

    Args:
        app: LiteLLM's application, our routes in it.
    """
    try:
        short = short_way(app, ours=(COUNT_PATH,))
        if short is None:
            _LOG.warning("LiteLLM has moved /v1/messages: requests are slower than they could be")
        litellm_call.install()
        litellm_stream.install()
    except Exception as error:  # noqa: BLE001  slower, not broken
        unexpected(error, "shortening LiteLLM's way")
        return app
    return Shortened(app, short, (MESSAGES_PATH, COUNT_PATH))


def settle(config: Path) -> None:
    """Decide whether the cuts apply, once LiteLLM has started.

    Args:
        config: The file LiteLLM has read.
    """
    try:
        from litellm.proxy import proxy_server

        remember_absent()
        database: Any = getattr(proxy_server, "prisma_client", None)
        data = as_object(yaml.safe_load(config.read_text(encoding="utf-8")))
        litellm_lean.settle(data, database=database is not None)
    except Exception as error:  # noqa: BLE001  slower, not broken
        litellm_lean.unsettle()
        unexpected(error, "reading LiteLLM's configuration")
