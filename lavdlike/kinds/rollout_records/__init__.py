"""What one record of a rollout holds, whoever wrote it: its messages (`chat`), its numbers, texts and group
(`rollout_fields`), episodes of several agents (`episodes`); by what a file of such records is told (`rollout_begins`);
and records in files that are no lines (`inspect_logs`, `trl_completions`).
"""
