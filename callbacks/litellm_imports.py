"""Modules that LiteLLM tries to import on each request although they are not installed.

A failed import is not remembered by Python: it searches the path again, and where the missing module is imported by
another one, that one is compiled again too (OpenTelemetry's SDK and Prisma: 5 % of a request, measured 2026-11).
`None` in `sys.modules` is Python's own way to say that a module is known to be absent: the import fails at once, with
the same exception.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module

TRIED_EACH_REQUEST = ("litellm.integrations.otel.logger", "prisma")


def remember_absent(names: Iterable[str] = TRIED_EACH_REQUEST) -> list[str]:
    """Make the import of those of the modules that cannot be imported fail at once; return their names."""
    absent: list[str] = []
    for name in names:
        try:
            import_module(name)
        except ImportError:
            sys.modules[name] = None  # pyright: ignore[reportArgumentType]  documented by Python, not typed
            absent.append(name)
    return absent
