"""What is a pair made of? Plain values; this folder imports none of the others, and all others may import it.

- resource_id, address_space, skus, subscriptions: IDs, address ranges, what Azure offers, what the login can use
- tunnel, shared_key: the settings and the key that both halves of a pair share
- desired: what is asked for and written; observed, pair: what exists
- diagnostic: one thing that is wrong; setting_names: how a diagnostic names a setting as the user gave it
"""
