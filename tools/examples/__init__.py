"""What `tools.make_example_logs` writes, an experiment a module, and what the pictures in it show."""
