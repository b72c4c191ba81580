"""What was typed? From options and file entries to desired values, with every problem; imports checks and network.

- create_options, topology_options: a whole pair, and all pairs of a topology file
- end_options, tunnel_options: one end, and what both halves share
- subscription_names, resource_names: which subscription a name refers to, and whether Azure accepts a name
"""
