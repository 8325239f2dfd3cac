"""The usage store as lines of JSON, for other tools."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from callbacks.usage_export import stored_requests
from callbacks.usage_schema import StoreError, read_store
from ccglm.usage.query import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callbacks.usage_queries import Span


def jsonl_pages(path: Path, span: Span) -> Iterator[str]:
    """Yield the requests of a stretch of time, one JSON object a line, some hundred lines at once.

    Args:
        path: The usage store; nothing comes out of a missing one.
        span: Which requests, by the time they arrived.

    Raises:
        PrerequisiteError: The store cannot be read; the hint says what to do.
    """
    try:
        connection = read_store(path)
    except StoreError as err:
        raise unreadable(path, err) from err
    if connection is None:
        return
    with closing(connection):
        for page in stored_requests(connection, span):
            yield "".join(json.dumps(request, ensure_ascii=False) + "\n" for request in page)
