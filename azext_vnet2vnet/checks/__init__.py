"""What is wrong? One predicate for each code: `create` refuses by it before a write, and `verify` reports by it.

Imports `planning` and `network`. `rules` is the registry: every code with its strength, source, kind and severity.
By subject: `vnet`, `gateway_subnet`, `gateway`, `routing` (ranges, ASNs, BGP), `connection` (names, policies,
selectors, keys), `connection_health` (halves that exist), `rights`, `quota`. By question: `pair` and `topology` for
what is asked for, `change` for a pair that is to be changed or deleted, `health` for one that exists.
"""
