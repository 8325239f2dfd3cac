"""The package says which version it is."""

import re

import ccglm


def test_the_version_is_a_release_number() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", ccglm.__version__)
