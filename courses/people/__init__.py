"""Who signs in: accounts, one-use links, sessions, API keys, and what a person may reach."""
