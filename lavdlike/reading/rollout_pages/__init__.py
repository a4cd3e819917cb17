"""Rollouts of a label, of any number: what is known of each line (`line_facts`), as columns (`rollout_columns`) of a
file that grows (`rollout_index`, kept beyond the process by `kept_index`); which are asked for and in which order
(`rollout_query`), by their texts too (`rollout_search`); files that are no lines are made into some by a child process
(`made_lines`, `made_lines_child`); `rollout_library` puts it together.
"""
