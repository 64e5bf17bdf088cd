"""Columns only, a module per topic; the rules are in the verb modules beside this package."""
