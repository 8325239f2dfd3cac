"""The shape of the house: import directions, sizes, a test file for every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("litellm_config", "callbacks", "ccglm")
MODULES = sorted(
    path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")
)
SCRIPTS = sorted(path.relative_to(ROOT) for path in (ROOT / "scripts").glob("*.py"))

MAX_MODULE_LINES = 300
MAX_COMMAND_LINES = 80
MAX_FUNCTION_LINES = 50

# A longer module needs a reason here; the entry fails when the module no longer needs it.
LONGER_MODULES: dict[str, str] = {}

# What each package may import of the others. `callbacks` loads LiteLLM, so `ccglm` takes only these of it.
ALLOWED: dict[str, tuple[str, ...]] = {
    "litellm_config": ("litellm_config",),
    "callbacks": ("callbacks", "litellm_config"),
    "ccglm": ("ccglm", "litellm_config", "callbacks.usage_", "callbacks.translate"),
}
# litellm_config is a pure pipeline: text and plain data in and out.
NOT_IN_LITELLM_CONFIG = {"httpx", "socket", "time", "asyncio", "requests", "urllib", "aiohttp"}
# Where LiteLLM may be imported: `callbacks`; elsewhere only inside the one function named here.
LITELLM_INSIDE_FUNCTIONS = {"litellm_config/verify_litellm.py"}
# A module without a test file of its own needs a reason here.
WITHOUT_TEST_FILE: dict[str, str] = {}


def imports_of(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield every imported module name of a file, and whether it is imported at module level."""
    tree = ast.parse((ROOT / path).read_text())
    top = {id(node) for node in module_level(tree.body)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in top
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", id(node) in top
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) in top


def module_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when the module is imported; type-checking blocks do not."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            yield from module_level(node.body + node.orelse)
        elif isinstance(node, ast.Try):
            yield from module_level(node.body + node.orelse + node.finalbody)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_one_way(path: Path) -> None:
    package = path.parts[0]
    for name, _ in imports_of(path):
        if name.split(".")[0] not in (*PACKAGES, "scripts", "tests"):
            continue
        if name in PACKAGES:  # `from callbacks import x` is also yielded as `callbacks.x`
            continue
        assert name.startswith(ALLOWED[package]), f"{path} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_litellm_is_imported_under_callbacks_only(path: Path) -> None:
    if path.parts[0] == "callbacks" and not str(path).startswith(
        ("callbacks/translate", "callbacks/usage_")
    ):
        return
    for name, _ in imports_of(path):
        if name.split(".")[0] == "litellm":
            assert str(path) in LITELLM_INSIDE_FUNCTIONS, f"{path} imports LiteLLM"


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] == "litellm_config"], ids=str)
def test_the_config_pipeline_has_no_network_and_no_clock(path: Path) -> None:
    used = {name.split(".")[0] for name, _ in imports_of(path)}
    assert not used & NOT_IN_LITELLM_CONFIG


def test_only_the_seam_touches_litellm_internals() -> None:
    patching = [
        str(path)
        for path in MODULES
        if "ProviderConfigManager" in (ROOT / path).read_text() and path.parts[0] == "callbacks"
    ]
    assert patching in ([], ["callbacks/litellm_seam.py"])


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=str)
def test_a_module_stays_small(path: Path) -> None:
    lines = len((ROOT / path).read_text().splitlines())
    limit = MAX_COMMAND_LINES if path.parts[:2] == ("ccglm", "commands") else MAX_MODULE_LINES
    if str(path) in LONGER_MODULES:
        assert lines > limit, f"{path} no longer needs its exemption"
        return
    assert lines <= limit, f"{path} has {lines} lines, the limit is {limit}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            # A docstring that states shapes and errors is not length.
            if doc := ast.get_docstring(node, clean=False):
                lines -= len(doc.splitlines())
            assert lines <= MAX_FUNCTION_LINES, f"{path}:{node.lineno} {node.name}: {lines} lines"


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=str)
def test_a_module_has_a_test_file(path: Path) -> None:
    if path.name in ("__init__.py", "__main__.py"):
        return
    expected = ROOT / "tests" / path.parent / f"test_{path.name}"
    if str(path) in WITHOUT_TEST_FILE:
        assert not expected.exists(), f"{path} no longer needs its exemption"
        return
    assert expected.exists(), f"{path} wants {expected.relative_to(ROOT)}"


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=str)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse((ROOT / path).read_text())), f"{path} has no docstring"


def test_the_top_level_holds_only_the_rooms() -> None:
    rooms = {
        path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")
    }
    allowed = {*PACKAGES, "scripts", "tests", "docs", "deploy"}
    leftovers = {"dist", "build", "test-output", "site", "__pycache__", "node_modules"}
    assert rooms - leftovers <= allowed
