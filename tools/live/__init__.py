"""What `make check-live` needs: scripts for the original packages, and who waits for their values."""
