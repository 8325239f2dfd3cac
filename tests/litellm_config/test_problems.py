from litellm_config.problems import Problem, did_you_mean, key_text, listed


def test_a_problem_reads_file_line_key_message() -> None:
    problem = Problem("ccglm.yaml", 12, "models.main[1]", "unknown provider `zia`")
    assert str(problem) == "ccglm.yaml:12  models.main[1]  unknown provider `zia`"


def test_parts_that_are_not_there_leave_no_gap() -> None:
    assert str(Problem(".env", None, "CCGLM_MASTER_KEY", "is not set")) == (
        ".env  CCGLM_MASTER_KEY  is not set"
    )
    assert str(Problem("a.yaml", 3, "", "not valid YAML")) == "a.yaml:3  not valid YAML"


def test_a_path_is_written_with_dots_and_brackets() -> None:
    assert key_text(("models", "main", 1)) == "models.main[1]"
    assert key_text(()) == ""


def test_a_close_word_is_suggested_and_a_far_one_is_not() -> None:
    assert did_you_mean("modles", ["models", "routes"]) == ", did you mean `models`?"
    assert did_you_mean("ZIA", ["zai"]) == ", did you mean `zai`?"
    assert did_you_mean("above", ["above_tokens", "to"]) == ", did you mean `above_tokens`?"
    assert did_you_mean("qqqq", ["models"]) == ""


def test_names_are_listed_in_backticks() -> None:
    assert listed(["a", "b"]) == "`a`, `b`"
