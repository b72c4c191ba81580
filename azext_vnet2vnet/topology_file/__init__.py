"""What does a topology file say? Reads and writes such files; imports options, checks and network.

- reader: text to options, by yaml_reader (text to values) and schema (values against topology.schema.json)
- errors: a problem in a file; yaml_errors, schema_errors: those of PyYAML and jsonschema in plain words
- suggestions: the name that was probably meant
- writer: pairs to text, by exported_pairs (what a file can express), grouping (meshes and hubs) and yaml_writer
"""
