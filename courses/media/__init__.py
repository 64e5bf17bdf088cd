"""Pictures and videos: prepared, stored, and let go when nothing shows them."""
