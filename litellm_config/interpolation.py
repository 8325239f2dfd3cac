"""The one form in which settings take values from the environment: `${NAME}` or `$NAME`.

`$$` is a plain `$`. A secret is never copied into a value, since values end up in generated files.
Below `litellm:` a variable must be the whole value; it becomes LiteLLM's own reference
`os.environ/NAME`, so that not even there a value is copied.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from litellm_config.problems import KeyPath, Problem
from litellm_config.secrets import REFERENCE, is_secret_name, is_variable_name
from litellm_config.yaml_text import YamlSource

_VARIABLE = re.compile(r"\$(?:(\$)|\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))")


@dataclass(frozen=True, slots=True)
class Interpolated:
    """Data with its variables filled in.

    Attributes:
        data: A copy of the file's data.
        problems: Variables that could not be filled in.
        broken: Where they stand; the value there is meaningless.
    """

    data: dict[str, Any]
    problems: list[Problem] = field(default_factory=list[Problem])
    broken: list[KeyPath] = field(default_factory=list[KeyPath])


class _Trouble(Exception):  # noqa: N818  # internal: a finding on its way to the list
    """Says why a variable could not be filled in."""


def interpolate(source: YamlSource, variables: Mapping[str, str]) -> Interpolated:
    """Fill the variables of a settings file in.

    Args:
        source: The file.
        variables: Environment and `.env`, merged; an empty value counts as unset.

    Returns:
        The filled-in data and every variable that is unset, misspelt or a secret.
    """
    result = Interpolated(data={})
    filler = _Filler(source, variables, result)
    for key, value in source.data.items():
        result.data[key] = filler.fill(value, (key,))
    return result


class _Filler:
    def __init__(
        self, source: YamlSource, variables: Mapping[str, str], result: Interpolated
    ) -> None:
        self._source = source
        self._variables = variables
        self._result = result

    def fill(self, value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict):
            mapping = cast("dict[str, Any]", value)
            return {key: self.fill(item, (*path, key)) for key, item in mapping.items()}
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return [self.fill(item, (*path, index)) for index, item in enumerate(items)]
        if not isinstance(value, str) or "$" not in value:
            return value
        try:
            return self._text(value, path)
        except _Trouble as trouble:
            self._result.problems.append(self._source.problem(path, str(trouble)))
            self._result.broken.append(path)
            return value

    def _text(self, text: str, path: KeyPath) -> str:
        if path[0] == "litellm":
            return self._reference(text)
        if path[0] == "providers" and "keys" in path:
            return self._key_name(text, path)

        def value_of(match: re.Match[str]) -> str:
            if match[1]:
                return "$"
            name = _name(match)
            if is_secret_name(name):
                raise _Trouble(
                    f"`{name}` looks like a secret and would be copied into a generated file; "
                    "only `providers.*.keys` and `litellm` may name secrets"
                )
            return self._value(name)

        return _VARIABLE.sub(value_of, text)

    def _key_name(self, text: str, path: KeyPath) -> str:
        """Return the name that was meant: a key is never filled in, only named."""
        whole = _VARIABLE.fullmatch(text)
        if whole is None or whole[1]:
            raise _Trouble("a key is the name of a variable, without `$`")
        name = _name(whole)
        message = f"write the variable's name without `$`: `{name}`"
        self._result.problems.append(self._source.problem(path, message))
        return name

    def _reference(self, text: str) -> str:
        whole = _VARIABLE.fullmatch(text)
        if whole and not whole[1]:
            name = _name(whole)
            self._value(name)
            return REFERENCE + name
        if any(not match[1] for match in _VARIABLE.finditer(text)):
            raise _Trouble("below `litellm` a variable must be the whole value, such as `${NAME}`")
        return text.replace("$$", "$")

    def _value(self, name: str) -> str:
        value = self._variables.get(name, "")
        if not value:
            raise _Trouble(f"the variable `{name}` is not set; add it to `.env` or export it")
        if not value.isprintable():
            raise _Trouble(f"the value of the variable `{name}` has unprintable characters")
        return value


def _name(match: re.Match[str]) -> str:
    name = match[2] if match[2] is not None else match[3]
    if not is_variable_name(name):
        raise _Trouble("`${...}` must hold the name of a variable; write `$$` for a plain `$`")
    return name
