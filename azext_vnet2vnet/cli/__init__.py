"""How do we talk to the user? Input, questions, progress, JSON and errors of az; nothing here decides.

Imports everything but the face. `session` is one run of a command; `desired_input` and `files` read what was typed
or written; `output` is the JSON of every command, `export_output` and `hand_over` what goes elsewhere, `far_end`
what another administrator types; `errors` turn a failure into an error of az; `progress`, `live_progress` and
`plan_text` show a run.
"""
