"""The repairs that `ccglm doctor --fix` makes by itself: nothing of the user's is lost, no session ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.files import cannot_write
from ccglm.proxy.generated import write_generated
from ccglm.proxy.stop import stop_proxy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ccglm.doctor.model import Report
    from ccglm.paths import Paths
    from ccglm.proxy.prepare import Prepared


def apply_fixes(report: Report) -> list[str]:
    """Make every repair that a finding of the report offers, and return what was done.

    Raises:
        PrerequisiteError: A file cannot be changed; what was done before that stays done.
    """
    return [finding.remedy.fix() for _, finding in report.findings if finding.remedy.fix]


def close_to_others(path: Path, mode: int) -> str:
    """Take away everybody else's permissions.

    Raises:
        PrerequisiteError: They cannot be changed.
    """
    try:
        path.chmod(mode)
    except OSError as error:
        raise cannot_write(error, path) from error
    return f"made `{path}` yours alone ({mode:o})"


def clear_left_over(record_path: Path) -> str:
    """Remove the record of a proxy that ended by itself, and stop a simulator it left behind.

    Raises:
        PrerequisiteError: The file, or the process, belongs to another user.
    """
    # It stops nothing that runs: the check found that the proxy of the record is gone.
    stop_proxy(record_path)
    return f"cleared what the proxy left behind in `{record_path.parent}`"


def write_generated_again(prepared: Prepared, paths: Paths) -> str:
    """Write the generated files anew; one that was edited by hand is kept beside it.

    Raises:
        PrerequisiteError: They cannot be written.
    """
    notes: Sequence[str] = write_generated(prepared, paths)
    return "; ".join([f"wrote `{paths.proxy_config}` anew", *notes])
