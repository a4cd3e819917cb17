"""CSV and TSV files with a column of steps (`step_tables`); `program_tables`: what well-known programs call theirs."""
