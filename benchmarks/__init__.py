"""Speed, memory and scale, measured beside the peers and a floor in the same run (benchmarks/RESULTS.md)."""
