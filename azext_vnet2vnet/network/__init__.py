"""What is it made of? Values that every other folder speaks in; they read nothing, decide nothing and print nothing.

Imports the standard library only. `resource_id` names any resource; `desired` is what was asked for and what is
written; `observed` is a resource as Azure describes it, `pair` both ends of a pair; `tunnel` is what two halves
agree on, `shared_key` their key; `skus` and `address_space` are the catalogue and the arithmetic; `subscriptions`
are those of the login; `setting_names` says how a user calls a setting; `diagnostic` is anything that is wrong.
"""
