"""The completion list's cells and filters, plots, and files of results."""
