"""What `make check-frameworks` runs with real frameworks, in an environment of its own."""
