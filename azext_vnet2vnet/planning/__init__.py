"""What must change? Pure functions from a desired and an observed state to a plan of steps.

Imports `network` only. `plan` has the values (step, difference, plan); `site_plan` lays out a VNet with what its
gateway needs, `pair_plan` joins two sites, `topology_plan` many; `update_plan` and `deletion_plan` are for pairs
that exist; `disturbance` says in words what a step does to what may carry traffic.
"""
