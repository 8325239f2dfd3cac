"""Strict YAML in, with the line of every value; deterministic YAML out.

Reading refuses what PyYAML takes silently: duplicate keys, several documents, anchors, tags. Only
null, true, false, plain decimal numbers and text exist: `on`, `012`, `12:30` and dates are text.
What is taken for a number here is a number to YAML 1.1 too, so that written text reads back equal.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml
from typing_extensions import override

from litellm_config.problems import KeyPath, Problem, Severity, key_text

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")
_LINE_BREAK = re.compile("[\n\r\x85\u2028\u2029\ufeff]")

_NO_FOLDING = 1_000_000
"""Line width so large that long text is never folded: diffs stay one line a value."""


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A YAML file that was read.

    Attributes:
        file: Its name, for problems.
        text: Its text.
        data: Its values: dicts with text keys, lists, text, int, float, bool, None.
        lines: 1-based line of every key and list item.
    """

    file: str
    text: str
    data: dict[str, Any]
    lines: Mapping[KeyPath, int]

    def line_of(self, path: KeyPath) -> int:
        """Return the line of the key or item at path, or of its nearest parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: KeyPath, message: str, severity: Severity = "error") -> Problem:
        """Return a problem with the value at path."""
        return Problem(self.file, self.line_of(path), key_text(path), message, severity)


class _Reader(yaml.SafeLoader):
    """Composes nodes only; scalars stay plain text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # PyYAML declares it so


class _Writer(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: Any) -> bool:
        """Write shared values out: the strict reader takes no anchors."""
        return True

    @override
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key, as people write them."""
        super().increase_indent(flow, False)


def _write_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Quote text with line breaks: PyYAML's other styles lose U+0085 and its relatives."""
    style = '"' if _LINE_BREAK.search(text) else None
    return writer.represent_scalar(  # pyright: ignore[reportUnknownMemberType]
        "tag:yaml.org,2002:str", text, style=style
    )


_Writer.add_representer(str, _write_text)


def read_yaml(text: str, file: str) -> YamlSource | list[Problem]:
    """Read a YAML mapping.

    Args:
        text: The file's text.
        file: Its name, for problems.

    Returns:
        What was read, or everything that is wrong with it.
    """
    try:
        # the reader can only compose: no object is ever built from a tag
        nodes = list(yaml.compose_all(text, Loader=_Reader))
    except yaml.YAMLError as err:
        return [_syntax_problem(err, file, text)]
    if len(nodes) > 1:
        line = _line(nodes[1])
        return [Problem(file, line, "", "a second document starts here: one file is one document")]
    root = nodes[0] if nodes else None
    if root is None:
        return [Problem(file, None, "", "the file is empty")]
    if not isinstance(root, yaml.MappingNode):
        return [Problem(file, _line(root), "", "the file must be a mapping of `key: value` lines")]
    builder = _Builder(file)
    data = builder.value(root, ())
    problems = [*_anchors(text, file), *builder.problems]
    return problems or YamlSource(file, text, cast("dict[str, Any]", data), builder.lines)


def write_yaml(data: Mapping[str, Any]) -> str:
    """Return data as YAML text in the order given; equal data gives equal text."""
    return yaml.dump(
        dict(data),
        Dumper=_Writer,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=_NO_FOLDING,
    )


class _Builder:
    """Turns nodes into values and remembers where they were."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[KeyPath, int] = {}
        self._open: set[int] = set()

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        if id(node) in self._open:  # an anchor inside itself; reported with the other anchors
            return None
        self._open.add(id(node))
        try:
            return self._value(node, path)
        finally:
            self._open.discard(id(node))

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            self._add(node, path, f"the tag `{node.tag}` is not supported")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, path)
        return scalar_value(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._add(key_node, path, "a key must be plain text")
                continue
            key = cast("str", key_node.value)
            here = (*path, key)
            if key in data:
                self._add(
                    key_node, here, f"the key is here twice, first in line {self.lines[here]}"
                )
                continue
            self.lines[here] = _line(key_node)
            data[key] = self.value(value_node, here)
        return data

    def _sequence(self, node: yaml.SequenceNode, path: KeyPath) -> list[Any]:
        items: list[Any] = []
        for index, item in enumerate(node.value):
            self.lines[(*path, index)] = _line(item)
            items.append(self.value(item, (*path, index)))
        return items

    def _add(self, node: yaml.Node, path: KeyPath, message: str) -> None:
        self.problems.append(Problem(self.file, _line(node), key_text(path), message))


def scalar_value(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """Return the value of a scalar; quoted text is always text."""
    text = cast("str", node.value)
    if node.style is not None:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _anchors(text: str, file: str) -> Iterator[Problem]:
    for event in yaml.parse(text, Loader=_Reader):
        if isinstance(event, yaml.AliasEvent):
            line = None if event.start_mark is None else event.start_mark.line + 1
            yield Problem(file, line, "", f"`*{event.anchor}`: write the value out or quote it")


def _line(node: yaml.Node) -> int:
    return cast("int", node.start_mark.line) + 1


_EXPLAINED = (
    (re.compile(r"`\$\{.*flow (sequence|mapping)"), "inside brackets a value with `${...}` must be quoted"),
    (re.compile(r"scanning an (alias|anchor)"), "a value that starts with `*` or `&` must be quoted"),
    (re.compile(r"character '\\t'"), "a tab cannot indent YAML, use spaces"),
    (re.compile(r"character '([@`%])'"), "a value that starts with `@`, `%` or a backtick must be quoted"),
    (re.compile(r"parsing a flow (sequence|mapping)"), "a bracket is not closed, or a value inside brackets must be quoted"),
    (re.compile(r"found undefined alias"), "a value that starts with `*` must be quoted"),
    (re.compile(r"mapping values are not allowed"), "a `:` stands where none can be; is the line above indented right, or a value to be quoted?"),
)  # fmt: skip


def _line_text(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""


def _syntax_problem(err: yaml.YAMLError, file: str, text: str) -> Problem:
    if isinstance(err, yaml.reader.ReaderError):
        line = text.count("\n", 0, err.position) + 1
        return Problem(file, line, "", "this line holds a control character that YAML refuses")
    mark: yaml.Mark | None = getattr(err, "problem_mark", None) or getattr(
        err, "context_mark", None
    )
    line = None if mark is None else mark.line + 1
    said = " ".join(
        str(part) for part in (getattr(err, "context", None), getattr(err, "problem", None)) if part
    )
    opened: yaml.Mark | None = getattr(err, "context_mark", None)
    if "parsing a flow" in said and opened is not None:
        line = opened.line + 1
    if mark is not None and "${" in _line_text(text, mark.line):
        said = f"while reading `${{...}}`: {said}"
    for pattern, meaning in _EXPLAINED:
        if pattern.search(said):
            return Problem(file, line, "", f"not valid YAML: {meaning}")
    return Problem(file, line, "", f"not valid YAML: {said or 'unreadable'}")
