"""How does Azure say it? Requests to Azure Resource Manager and Resource Graph, and their JSON.

Imports checks, planning and network; used by readers, engine, workflows and cli. Only this folder imports an SDK, and
only inside functions, so that help and errors of usage need not wait for it.

    transport        Arm: every request, retried until it is answered or the deadline has passed
    requests         one request through the SDK's client, and its answer as plain JSON
    client, login    the SDK's clients and the subscriptions of the az login
    api_versions     the api-version of every request
    rate_limiter     spreads requests while Azure grants few
    clock, threads   the time that all waiting goes by; the threads that blocking requests run on
    from_json        bodies that are read -> network/observed, network/pair, checks
    to_json          network/desired -> bodies that are sent
    resource_graph   the query that finds connections and gateways, and its rows
    template         the deployment of a plan; template_writer: its JSON; template_export: as files
    failures         what stops a command once it talks to Azure
"""
