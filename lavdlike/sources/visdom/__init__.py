"""Environments of Visdom's server: the lines of their windows (`visdom_windows`), and the items that lie in them
(`visdom_panes`; `pane_items` says what a window is).
"""
