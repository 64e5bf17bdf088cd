"""The editor's form, saving, conflicts, differences, and the list of lessons."""
