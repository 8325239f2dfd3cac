"""The text of Claude Code's `settings.json`: read it strictly, write it back in the style it had.

Pure. The client's file is plain JSON; a mistake in it is reported with its line and never repaired.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, cast

from ccglm.errors import SettingsError
from litellm_config.problems import Problem

_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_INDENT: Final = re.compile(r"^[{\[][ \t]*\r?\n([ \t]+)\S", re.MULTILINE)

# A string (a key when a colon follows) or a brace; braces inside strings are not seen.
_TOKEN: Final = re.compile(r'(?P<key>"(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]')


@dataclass(frozen=True)
class TextStyle:
    """How a JSON file is written, so that an edit changes nothing else."""

    indent: str | None = "  "
    """None: everything on one line."""
    newline: str = "\n"
    ends_with_newline: bool = True
    starts_with_bom: bool = False


def read_document(text: str, file: str) -> dict[str, Any]:
    """Return the JSON object of a settings file.

    Args:
        text: The file's text; only white space means no settings, as for the client.
        file: Its name, for messages.

    Raises:
        SettingsError: Not JSON, not an object, or a key stands twice in one object (one of the two
            would be lost on writing); names the line.
    """
    body = text.removeprefix(_BOM)
    if not body.strip():
        return {}
    try:
        document: object = json.loads(body)
    except json.JSONDecodeError as error:
        raise _invalid(file, error.lineno, "", f"not valid JSON: {error.msg.lower()}") from error
    except RecursionError as error:
        raise _invalid(file, 1, "", "nested too deeply") from error
    if not isinstance(document, dict):
        raise _invalid(file, 1, "", "not a JSON object")
    if doubled := _doubled_key(body):
        raise _invalid(file, doubled[1], doubled[0], "the key stands twice in one object")
    return cast("dict[str, Any]", document)


def style_of(text: str) -> TextStyle:
    """Return the style of a settings file's text; a new file's style for an empty one."""
    body = text.removeprefix(_BOM)
    if not body.strip():
        return TextStyle(starts_with_bom=text.startswith(_BOM))
    indent = _INDENT.search(body)
    one_line = "\n" not in body.strip() and body.strip() != "{}"
    return TextStyle(
        indent=indent.group(1) if indent else None if one_line else "  ",
        newline="\r\n" if "\r\n" in body else "\n",
        ends_with_newline=body.endswith("\n"),
        starts_with_bom=text.startswith(_BOM),
    )


def render_document(document: dict[str, Any], style: TextStyle) -> str:
    """Return the text of a settings file; key order is kept, nothing is escaped needlessly."""
    text = json.dumps(document, indent=style.indent, ensure_ascii=False)
    # JSON strings hold no bare newline, so every one of them is layout.
    body = text.replace("\n", style.newline) + (style.newline if style.ends_with_newline else "")
    # A lone surrogate came from an escape and can only be written as one.
    body = re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match.group()):04x}", body)
    return (_BOM if style.starts_with_bom else "") + body


def _doubled_key(text: str) -> tuple[str, int] | None:
    """Return the first key that stands twice in one object of valid JSON, and its second line."""
    objects: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token.group() == "{":
            objects.append(set())
        elif token.group() == "}":
            objects.pop()
        elif token.group("key"):
            key: str = json.loads(token.group("key"))
            if key in objects[-1]:
                return key, text.count("\n", 0, token.start()) + 1
            objects[-1].add(key)
    return None


def _invalid(file: str, line: int, key: str, message: str) -> SettingsError:
    return SettingsError(
        f"`{file}` cannot be edited",
        problems=[Problem(file=file, line=line, key=key, message=message)],
        hint="correct the file by hand; nothing was changed",
    )
