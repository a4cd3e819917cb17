"""The kinds of items: one module each, with its suffixes or JSON key, its writer and its reader side by side.

Adding a kind is one module here, one folder in `frontend/src/kinds/`, and one line in each registry.
Writers turn values into text or bytes; readers turn bytes into values or raise `LogFormatError`. Neither opens files:
the logger and the server do, each with its own rules.
"""
