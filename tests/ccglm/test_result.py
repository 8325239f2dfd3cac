"""Tables line up, and the JSON forms are what programs rely on."""

from hypothesis import given
from hypothesis import strategies as st

from ccglm.errors import CcglmError
from ccglm.result import Table, error_document, problem_document, table_lines
from ccglm.text import cell_width, escape_controls
from litellm_config.problems import Problem

CELLS = st.text(alphabet=st.characters(categories=["L", "N", "Cc"]), min_size=1, max_size=9)


def test_numbers_are_aligned_to_the_right() -> None:
    table = Table(["model", "n"], [["a", "1,234"], ["模型", "5"]], right=frozenset({"n"}))
    assert table_lines(table) == ["model      n", "a      1,234", "模型       5"]


def one_cell(text: str) -> str:
    return escape_controls(text, keep="")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_nothing_is_cut_and_columns_start_together(rows: list[tuple[str, str]]) -> None:
    lines = table_lines(Table(["first", "second"], rows))
    shown = [("first", "second"), *((one_cell(a), one_cell(b)) for a, b in rows)]
    starts = {
        cell_width(line.removesuffix(last)) for line, (_, last) in zip(lines, shown, strict=True)
    }
    assert len(starts) == 1
    assert all(line.startswith(first) for line, (first, _) in zip(lines, shown, strict=True))


def test_a_table_without_rows_is_its_head() -> None:
    assert table_lines(Table(["a", "b"], [])) == ["a  b"]


def test_an_error_has_one_shape() -> None:
    problem = Problem("ccglm.yaml", 3, "models", "is wrong", "warning")
    document = error_document(
        CcglmError("no", hint="try", problems=[problem], data={"running": False})
    )
    assert document == {
        "ok": False,
        "running": False,
        "error": {
            "code": "failure", "message": "no", "hint": "try", "problems": [problem_document(problem)],
        },
        "exit_code": 1,
    }  # fmt: skip
    assert problem_document(problem) == {
        "file": "ccglm.yaml", "line": 3, "key": "models", "message": "is wrong", "severity": "warning",
    }  # fmt: skip
