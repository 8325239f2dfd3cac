#!/bin/sh
# Run the seam's contract test and the proxy tests on the newest LiteLLM 1.109.x, in an environment of
# its own. Called by `make test-newest-litellm` with the folder that holds uv.
# The two overrides: 1.109.x asks for a certificate bundle and a package of database migrations newer
# than some indexes have; neither is used by these tests.
set -eu
bin=$1
spec=${LITELLM_SPEC:-litellm[proxy]>=1.109,<1.110}
env=.cache/newest-litellm
mkdir -p .cache
[ -x "$env/bin/python" ] || "$bin/uv" venv --quiet --python "$bin/python" "$env"
printf 'certifi>=2026.7.22\nlitellm-proxy-extras>=0.4.100\n' >.cache/newest-overrides.txt
# What ccglm itself needs beside LiteLLM, and the test group, as the lock has them.
"$bin/uv" export --quiet --locked --only-group test --no-hashes --no-emit-project -o .cache/newest-tests.txt
"$bin/uv" pip install --quiet --python "$env/bin/python" --compile-bytecode \
  --override .cache/newest-overrides.txt "$spec" "typer>=0.29,<0.30" -r .cache/newest-tests.txt
echo "LiteLLM $("$env/bin/python" -c 'from importlib.metadata import version; print(version("litellm"))')"
exec "$env/bin/python" -m pytest -q tests/callbacks/test_litellm_seam.py tests/integration -m "not claude_code" ${PYTEST_ARGS:-}
