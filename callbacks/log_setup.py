"""What the proxy process says in its log: one line for what matters, nothing from prompts, keys or stack traces."""

from __future__ import annotations

import logging
import sys

from typing_extensions import override

from callbacks.dialects.error_body import clean
from callbacks.request_context import current_request

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LITELLM_LOGGERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router")


class Quiet(logging.Filter):
    """Make LiteLLM's records short and safe, and drop those about faults that the cause table deals with."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; tell whether it is worth a line."""
        context = current_request()
        if context is not None and (context.internal or context.refusal or context.last_fault):
            return False
        record.msg = clean(record.getMessage())
        record.args = ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


def set_up_logging(*, level: int = logging.INFO, quiet: bool = True) -> None:
    """Send our log to stderr and calm LiteLLM's.

    Args:
        level: Lowest level of our own lines.
        quiet: Whether LiteLLM's records are cut to safe lines; off when the user allowed contents in logs.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(_FORMAT))
    ours = logging.getLogger("ccglm")
    ours.handlers = [handler]
    ours.setLevel(level)
    ours.propagate = False
    for name in _LITELLM_LOGGERS:
        logger = logging.getLogger(name)
        # Its warnings are about features of LiteLLM that are not in use here.
        logger.setLevel(max(logger.level, logging.ERROR))
        if quiet:
            logger.handlers = [handler]
            logger.propagate = False
            logger.addFilter(Quiet())
