"""The `.env` file: read it without touching the process environment, change it without losing a line.

Also knows what a secret is, and takes secrets out of text.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from ccglm.errors import PrerequisiteError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from pathlib import Path

_SECRET_NAME: Final = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL", re.IGNORECASE)
# Shorter values (`x`, `true`) would blank out half of any text.
_SHORTEST_SECRET: Final = 6
_PLAIN_VALUE: Final = re.compile(r"[A-Za-z0-9_./:+=@%,-]*")


def read_dotenv(path: Path) -> dict[str, str]:
    """Return the variables of a `.env` file, in file order.

    `${NAME}` inside a value is not expanded: a key may contain a dollar sign.

    Args:
        path: The file; a missing one has no variables.

    Raises:
        PrerequisiteError: The file cannot be read.
        SettingsError: The file is not UTF-8 text.
    """
    return parse_dotenv(read_dotenv_text(path))


def read_dotenv_text(path: Path) -> str:
    """Return the text of a `.env` file; "" when there is none. Raises as `read_dotenv`."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"`{path}` is not UTF-8 text", hint="save the file again as UTF-8"
        ) from error
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read `{path}`: {(error.strerror or str(error)).lower()}"
        ) from error


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the variables in the text of a `.env` file; names without `=` are left out."""
    # python-dotenv takes 28 ms to import; `--help` does not need it.
    from dotenv import dotenv_values

    values = dotenv_values(stream=io.StringIO(text), interpolate=False)
    return {name: value for name, value in values.items() if value is not None}


def set_variables(text: str, variables: Mapping[str, str]) -> str:
    """Return the text of a `.env` file with variables set, every other line as it was.

    Args:
        text: The file as it is, "" for none.
        variables: Name to value. A name that is there already is changed in its place (the last time it
            occurs is the one that counts); a new one is added at the end.

    Returns:
        The new text; the same text when every variable has its value already.
    """
    current = parse_dotenv(text)
    wanted = {name: value for name, value in variables.items() if current.get(name) != value}
    if not wanted:
        return text
    from dotenv.parser import parse_stream

    parts = [(binding.key, binding.original.string) for binding in parse_stream(io.StringIO(text))]
    for name, value in wanted.items():
        places = [i for i, (key, _) in enumerate(parts) if key == name]
        if places:
            parts[places[-1]] = (name, _replaced(parts[places[-1]][1], name, value))
        else:
            if parts and not parts[-1][1].endswith("\n"):
                parts[-1] = (parts[-1][0], parts[-1][1] + "\n")
            parts.append((name, f"{name}={quote_value(value)}\n"))
    return "".join(original for _, original in parts)


def masked_text(text: str, *, shown: Container[str] = ()) -> str:
    """Return the text of a `.env` file with every value masked, for a diff on the screen.

    Args:
        text: The file.
        shown: Names whose values may be seen.

    Returns:
        The same lines; what cannot be read as a variable is masked whole.
    """
    from dotenv.parser import parse_stream

    parts: list[str] = []
    for binding in parse_stream(io.StringIO(text)):
        original = binding.original.string
        if binding.error:
            parts.append(original.replace(original.strip(), "…"))
        elif binding.key is None or binding.value is None or binding.key in shown:
            parts.append(original)
        else:
            parts.append(_replaced(original, binding.key, mask(binding.value)))
    return "".join(parts)


def _replaced(original: str, name: str, value: str) -> str:
    """Return a definition with a new value; what stands before and after it is kept."""
    # A binding's text may begin with blank lines that belong to nothing.
    lead = original[: len(original) - len(original.lstrip())]
    export = "export " if original.lstrip().startswith("export ") else ""
    end = "\n" if original.endswith("\n") else ""
    return f"{lead}{export}{name}={quote_value(value)}{end}"


def quote_value(value: str) -> str:
    """Return a value as it must be written in a `.env` file."""
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def secret_values(variables: Mapping[str, str]) -> list[str]:
    """Return the values that must never be shown, judged by their variables' names."""
    return [
        value
        for name, value in variables.items()
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_SECRET
    ]


def mask(value: str) -> str:
    """Return a secret as it may be shown: enough to tell two keys apart, not enough to use one."""
    return f"{value[:4]}…{value[-2:]}" if len(value) >= 16 else "…"


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every secret masked; longer secrets first, so that none is left in part."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if secret:
            text = text.replace(secret, mask(secret))
    return text
