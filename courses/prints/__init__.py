"""Print runs: slips that were printed together, from the request to the lost sheet."""
