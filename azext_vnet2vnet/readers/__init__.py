"""What exists? Requests side by side, turned into the values of `network`.

Imports `arm` and what is below it. `resources` reads single resources, with one policy for a read that fails;
`site` observes desired pairs, `pair` finds one from either half, `listing` finds all, `network` reads them whole;
`diagnostics` asks what `verify` judges by, `rights` what the login may do.
"""
