"""Environments of Visdom's server: the lines of their windows (`visdom_windows`), and the items that lie in them
(`visdom_panes`; `lavdlike/pane_items.py` says what a window is).
"""
