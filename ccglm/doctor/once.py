"""A value that several checks want and that is found out once, by whoever asks first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Once(Generic[T]):
    """Calls a function at most once; everybody gets its value, or the error it raised."""

    def __init__(self, find: Callable[[], T]) -> None:
        """Remember how the value is found.

        Args:
            find: Finds it; may take long, and may raise.
        """
        self._find = find
        # Keeps a second thread from finding the same thing out at the same time.
        self._lock = threading.Lock()
        self._found: list[T] = []
        self._error: Exception | None = None

    def __call__(self) -> T:
        """Return the value.

        Raises:
            Exception: Whatever finding it out raised.
        """
        with self._lock:
            if not self._found and self._error is None:
                try:
                    self._found.append(self._find())
                except Exception as error:
                    self._error = error
                    raise
        if self._error is not None:
            raise self._error
        return self._found[0]
