"""Who carries a plan out? Any plan, as parallel as Azure allows, until its deadline.

Imports `readers`, `arm` and what is below them. `engine` starts steps when their needs and locks are free,
`step_writer` writes one; `long_running` follows operations, `poll_schedule` says how often; `gateway_locks` keep
writes of one gateway apart; `pair_keys` choose and redact keys.
"""
