from litellm_config.findings import Findings
from litellm_config.yaml_text import YamlSource, read_yaml


def test_findings_keep_order_severity_and_line() -> None:
    source = read_yaml("a:\n  b: 1\n", "f.yaml")
    assert isinstance(source, YamlSource)
    findings = Findings("f.yaml", source)
    findings.error(("a", "b"), "is wrong")
    findings.warning(("a",), "is odd")
    findings.outside(".env", "KEY", "is not set")
    assert [(str(problem), problem.severity) for problem in findings.problems] == [
        ("f.yaml:2  a.b  is wrong", "error"),
        ("f.yaml:1  a  is odd", "warning"),
        (".env  KEY  is not set", "error"),
    ]


def test_without_a_source_there_is_no_line() -> None:
    findings = Findings("f.yaml")
    findings.error(("a",), "is wrong")
    assert str(findings.problems[0]) == "f.yaml  a  is wrong"
