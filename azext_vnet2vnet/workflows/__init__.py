"""What does a verb do? One module for each; it returns values, and raises Refused or a Failure.

Imports everything below `cli`. A verb that writes has a preview (read, check, plan) and a run of it. `preview` and
`run` are what all share, `existing` what the verbs for a pair that exists share; `connected` waits for tunnels,
`deployments` follow work that Azure does itself, which `no_wait` hands over.
"""
