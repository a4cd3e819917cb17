"""wandb's log of a run, `run-<id>.wandb`, without wandb.

`wandb_records` splits the file, `wandb_history` reads what records hold, `wandb_files` is the source of their points,
`wandb_descriptions` what they say of the run. `wandb_values` takes objects with a type out of records, `wandb_media`
makes items of them, `wandb_members` finds all that lies in the file.
"""
