"""Put keys into a settings document and take exactly those out again.

Pure: works on parsed documents and on an `Edit`, which is what the undo record keeps. A key nobody
asked for is never touched, and the order of what is there never changes.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue

KeyPath: TypeAlias = tuple[str, ...]
Document: TypeAlias = dict[str, Any]


class Change(BaseModel):
    """One key that was put into a document, with what is needed to take it out again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: KeyPath = Field(description="Where: the key in the object named by the keys before it.")
    existed: bool = Field(description="Whether the key was there before.")
    before: JsonValue = Field(default=None, description="Its value before; null when not there.")
    after: JsonValue = Field(description="What was written; for a list, only the items added.")
    adds: bool = Field(default=False, description="Whether items were added to a list.")


class Edit(BaseModel):
    """Everything that was put into one document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    changes: tuple[Change, ...] = Field(default=(), description="The keys, in order.")
    made: tuple[KeyPath, ...] = Field(
        default=(), description="Objects that were made to hold them, outer before inner."
    )


class WrongTypeError(Exception):
    """A key that has to hold an object or a list holds something else."""

    def __init__(self, path: KeyPath, expected: str) -> None:
        super().__init__(f"{'.'.join(path)} is not {expected}")
        self.path = path
        self.expected = expected


def put_in(
    document: Document, wanted: Mapping[KeyPath, JsonValue], earlier: Edit | None = None
) -> tuple[Document, Edit]:
    """Return the document with the wanted keys, and what is now different from before our first edit.

    Args:
        document: The parsed settings; not modified.
        wanted: Key path to value; the items of a list are added to the list that is there.
        earlier: What an earlier call put into this document. Those keys keep what they were before
            that, unless somebody set them since; the ones no longer wanted are taken out.

    Raises:
        WrongTypeError: A value in the way is of another type.
    """
    earlier = earlier or Edit()
    known = {change.path: change for change in earlier.changes}
    dropped = tuple(change for change in earlier.changes if change.path not in wanted)
    result = take_out(document, Edit(changes=dropped, made=earlier.made), overwrite=False)
    made = list(earlier.made)
    changes: list[Change] = []
    for path, value in wanted.items():
        parent = _parent_made(result, path, made)
        put = _add if isinstance(value, list) else _set
        changes.append(put(parent, path, value, known.get(path)))
    return result, Edit(changes=tuple(changes), made=tuple(made))


def _set(parent: Document, path: KeyPath, value: JsonValue, earlier: Change | None) -> Change:
    key = path[-1]
    existed, before = key in parent, copy.deepcopy(parent.get(key))
    if earlier is not None and (not existed or before == earlier.after):
        existed, before = earlier.existed, earlier.before
    parent[key] = value
    return Change(path=path, existed=existed, before=before, after=value)


def _add(parent: Document, path: KeyPath, value: JsonValue, earlier: Change | None) -> Change:
    items = cast("list[JsonValue]", value)
    existed = path[-1] in parent if earlier is None else earlier.existed
    present: object = parent.setdefault(path[-1], [])
    if not isinstance(present, list):
        raise WrongTypeError(path, "a list")
    present_items = cast("list[JsonValue]", present)
    ours = [item for item in _items(earlier) if item in present_items]
    for item in ours:
        if item not in items:
            present_items.remove(item)
    new = [item for item in items if item not in present_items]
    present_items.extend(new)
    added: list[JsonValue] = [item for item in items if item in ours or item in new]
    return Change(path=path, existed=existed, after=added, adds=True)


def edited_since(document: Document, edit: Edit) -> list[KeyPath]:
    """Return the keys that hold neither what was written nor what was there before.

    Taking those out would lose somebody's later edit. Lists are never among them: only the items that
    were added are taken out again.
    """
    edited: list[KeyPath] = []
    for change in edit.changes:
        parent = _parent(document, change.path)
        there = parent is not None and change.path[-1] in parent
        now = (True, parent[change.path[-1]]) if parent is not None and there else (False, None)
        untouched = now in ((True, change.after), (change.existed, change.before))
        if not change.adds and not untouched:
            edited.append(change.path)
    return edited


def take_out(document: Document, edit: Edit, *, overwrite: bool) -> Document:
    """Return the document as it was before the edit; every other key stays as it is now.

    Args:
        document: The parsed settings; not modified.
        edit: What was put in.
        overwrite: Whether keys edited since (`edited_since`) are set back too.
    """
    result = copy.deepcopy(document)
    kept = () if overwrite else set(edited_since(result, edit))
    for change in reversed(edit.changes):
        if change.path not in kept:
            (_remove_items if change.adds else _set_back)(result, change)
    for path in reversed(edit.made):
        parent = _parent(result, path)
        if parent is not None and parent.get(path[-1]) == {}:
            del parent[path[-1]]
    return result


def _set_back(document: Document, change: Change) -> None:
    if change.existed:
        parent = _parent_made(document, change.path, [])
        parent[change.path[-1]] = copy.deepcopy(change.before)
    elif (parent := _parent(document, change.path)) is not None:
        parent.pop(change.path[-1], None)


def _remove_items(document: Document, change: Change) -> None:
    parent = _parent(document, change.path)
    present: object = None if parent is None else parent.get(change.path[-1])
    if parent is None or not isinstance(present, list):
        return
    left = [item for item in cast("list[JsonValue]", present) if item not in _items(change)]
    if left or change.existed:
        parent[change.path[-1]] = left
    else:
        del parent[change.path[-1]]


def _items(change: Change | None) -> list[JsonValue]:
    return change.after if change is not None and isinstance(change.after, list) else []


def _parent(document: Document, path: KeyPath) -> Document | None:
    """Return the object that holds the last key of the path, or None when there is none."""
    current = document
    for key in path[:-1]:
        inner: object = current.get(key)
        if not isinstance(inner, dict):
            return None
        current = cast("Document", inner)
    return current


def _parent_made(document: Document, path: KeyPath, made: list[KeyPath]) -> Document:
    """Return the object that holds the last key; what is missing is made and noted in `made`."""
    current = document
    for depth, key in enumerate(path[:-1], start=1):
        if key not in current:
            current[key] = {}
            if path[:depth] not in made:
                made.append(path[:depth])
        inner: object = current[key]
        if not isinstance(inner, dict):
            raise WrongTypeError(path[:depth], "an object")
        current = cast("Document", inner)
    return current
