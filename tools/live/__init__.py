"""What `make check-live` needs: scripts for the original packages, and the browser that shows their values."""
