"""The demo course: eight lessons, their pictures and a class, made once at the first `portal demo`."""
