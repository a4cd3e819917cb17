"""Programs that take too long, or need too much, for the suite; each has its own command."""
