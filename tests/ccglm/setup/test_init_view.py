"""What `init` says it wrote."""

from pathlib import Path

from ccglm.console import Output
from ccglm.files import PlannedWrite
from ccglm.setup.init_view import ask_for_keys, written_lines
from ccglm.setup.plan import InitPlan
from tests.helpers.streams import TextStream


def test_files_backups_and_chains_are_told() -> None:
    writes = (
        PlannedWrite(Path("/h/.env"), None, "A=1\n", 0o600),
        PlannedWrite(Path("/h/ccglm.yaml"), "old", "new"),
    )
    plan = InitPlan(writes, {"main": ("a/b", "c/d"), "fast": ("c/e",)}, ())
    assert written_lines(plan, [write.path for write in writes], [Path("/h/ccglm.yaml.bak")]) == [
        "wrote `/h/.env`, which only you can read",
        "wrote `/h/ccglm.yaml`",
        "kept the old text in `/h/ccglm.yaml.bak`",
        "  main  a/b, then c/d",
        "  fast  c/e",
    ]


def test_nobody_there_is_not_asked() -> None:
    output = Output(stdout=TextStream(), stderr=TextStream(), environment={})
    assert ask_for_keys(output) is None
