"""Tool calls that arrive whole, in pieces, or in interleaved pieces, collected into whole ones in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import JsonObject, as_object, as_text, read_json, write_json


@dataclass(slots=True)
class RawCall:
    """One call as the model wrote it.

    Attributes:
        id: The provider's id, possibly empty.
        name: Tool name as written.
        pieces: The arguments' text in pieces.
        taken: The call was handed out.
    """

    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list[str])
    taken: bool = False

    @property
    def arguments(self) -> str:
        """Return the arguments' text so far."""
        return "".join(self.pieces)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in the call at all."""
        return not (self.id or self.name or self.arguments.strip())

    def is_whole(self) -> bool:
        """Tell whether the arguments are a complete object with something in it; more cannot follow then."""
        text = self.arguments.strip()
        if not text.endswith("}"):
            return False
        try:
            return bool(as_object(read_json(text)))
        except ValueError:
            return False


class CallCollector:
    """Collect the tool calls of one answer from `tool_calls` arrays of a message or of stream deltas."""

    def __init__(self) -> None:
        self._calls: list[RawCall] = []
        self._by_index: dict[int, RawCall] = {}
        self._grown = False

    @property
    def is_empty(self) -> bool:
        """Tell whether no call has come, empty shells aside."""
        return all(call.is_empty for call in self._calls)

    def add(self, fragment: JsonObject) -> None:
        """Take one entry of a `tool_calls` array.

        Reads `index`, `id`, `function.name` and `function.arguments`; each may be missing.

        Raises:
            ReplyFault: The entry continues a call that was complete and has been handed out.
        """
        function = as_object(fragment.get("function"))
        call_id, name = as_text(fragment.get("id")), as_text(function.get("name"))
        given = function.get("arguments")
        arguments = given if isinstance(given, str) else write_json(given) if given else ""
        call = self._call_for(fragment.get("index"), call_id, name, arguments)
        if call.taken and arguments.strip():
            raise ReplyFault("garbled", "the provider continued a finished tool call", retry=True)
        call.id = call.id or call_id
        call.name = call.name or name
        if arguments:
            call.pieces.append(arguments)

    def take_whole(self) -> list[RawCall]:
        """Return calls that cannot change any more: complete, and followed by a later one."""
        ready: list[RawCall] = []
        if not self._grown:
            return ready
        self._grown = False
        for call in self._calls[:-1]:
            if call.taken:
                continue
            if not call.name or not call.is_whole():
                break
            call.taken = True
            ready.append(call)
        return ready

    def take_rest(self) -> list[RawCall]:
        """Return all calls not handed out yet; empty shells are left out."""
        rest = [call for call in self._calls if not call.taken and not call.is_empty]
        for call in rest:
            call.taken = True
        return rest

    def _call_for(self, index: Any, call_id: str, name: str, arguments: str) -> RawCall:
        known = self._known(index, call_id)
        if known is None or _begins_another(known, call_id, name, arguments):
            known = RawCall()
            self._calls.append(known)
            self._grown = True
        if isinstance(index, int):
            self._by_index[index] = known
        return known

    def _known(self, index: Any, call_id: str) -> RawCall | None:
        if isinstance(index, int):
            return self._by_index.get(index)
        same = [call for call in self._calls if call_id and call.id == call_id]
        return same[0] if same else self._calls[-1] if self._calls else None


def _begins_another(known: RawCall, call_id: str, name: str, arguments: str) -> bool:
    """Tell whether an entry that points to a known call is a new one: providers reuse or omit the index."""
    if not name:
        return False
    if call_id and known.id:
        return call_id != known.id
    return bool(known.name and arguments.strip()) and known.is_whole()
