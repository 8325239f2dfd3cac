"""A simulated Cerebras and a simulated Z.ai, for demos, tests and benchmarks without a key.

Two ports in one process: the API port is both providers, told apart by path (`api`); the control
port steers them (`control`, `control_client`, `process`). A request goes through `request` (what it
says), the provider's checks (`cerebras_properties`, `cerebras_conflicts`, `zai_checks`,
`zai_accounts`), limits (`cerebras_limits` on `buckets`, `prefix_cache`), then gets a reply from the
`script` or the `actor`, which is cut (`speech`), rendered (`cerebras_replies`, `zai_openai`,
`zai_anthropic` into `events`) and written (`delivery`, `pacing`); the `log` keeps what happened.

Strict by default: whatever the real provider refuses, it refuses. Behaviour that public material
does not settle is a switch in `guesses`; faults are data in `scenarios_*`, armed by name.
"""
