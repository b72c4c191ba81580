"""How does Azure say it? Requests to Azure Resource Manager and Resource Graph, and their JSON.

Imports `checks`, `planning` and `network`; the only folder that imports an SDK, and only inside functions, so that
help need not wait for it. `transport` has a method for each thing to read or write, and `sender` sends its request
until it is answered or the deadline has passed. One try of that is `requests`, through the clients of the az login
(`client`, `login`), at the rate of `rate_limiter`, by the time of `clock`, on `threads`, with the version in
`api_versions`. `from_json`, `reports_from_json` and `to_json` translate bodies, `resource_graph` the rows of its query;
`template` is the deployment of a plan, which `template_writer` puts into JSON and `template_export` into files.
`failures` are what stops a command once it talks to Azure.
"""
