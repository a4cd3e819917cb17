"""The reading half: watches a root and streams it to browsers (docs/architecture.md)."""
