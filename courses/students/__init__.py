"""The roster, and which phone is whose."""
