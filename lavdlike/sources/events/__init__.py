"""TensorBoard's event files.

`event_files` are `event_records` of `event_messages`, read a block at a time (`event_blocks`), with what restarts
replace (`event_restarts`) and what is said of their run (`event_descriptions`: `hparams`, `custom_scalars`).
`event_members` are the items in them: `event_items` says which, and makes their bytes, of `event_tensors` and
`event_graphs` too.
`projector` are embeddings that are named beside them.
"""
