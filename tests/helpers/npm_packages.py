"""Packages from npm, installed once into a folder of their own below the cache of the checkout.

`CCGLM_TEST_CACHE` names the cache (default: `.cache`). Where a package cannot be installed its tests are skipped with the
reason, unless `CCGLM_REQUIRE_CLAUDE_CODE=1`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
_INSTALL_TIMEOUT_S = 300


def install_package(
    package: str, version: str, folder: str, *, found: Callable[[Path], str] | None = None
) -> Path:
    """Return the folder that holds `node_modules` with a package, installed if need be; else skip, or fail.

    Args:
        package: Name on npm.
        version: The one version.
        folder: Name of its folder in the cache.
        found: Returns the version that works in that folder, empty for none; by default what is unpacked there.
    """
    look = found or (lambda place: _unpacked(place, package))
    place = Path(os.environ.get("CCGLM_TEST_CACHE") or ROOT / ".cache") / folder
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if look(place) == version:
            return place
        npm = shutil.which("npm")
        if npm is None:
            unavailable(package, "npm is not installed")
        finished = subprocess.run(
            [npm, "install", "--prefix", str(place), "--cache", str(place / "npm"),
             "--no-fund", "--no-audit", "--loglevel=error", f"{package}@{version}"],
            capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False,
        )  # fmt: skip
        if look(place) != version:
            said = " ".join(finished.stderr.replace("npm error", "").split())
            unavailable(package, f"npm could not install it: {said[:200]}")
    return place


def _unpacked(place: Path, package: str) -> str:
    try:
        return str(
            json.loads((place / "node_modules" / package / "package.json").read_text())["version"]
        )
    except FileNotFoundError:
        return ""


def unavailable(package: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where the packages of npm are required."""
    if os.environ.get("CCGLM_REQUIRE_CLAUDE_CODE") == "1":
        pytest.fail(f"{package} is required and not there: {reason}")
    pytest.skip(f"{package} is not there: {reason}")
