"""What frameworks call while they train, over `lavdlike.Logger` only: a script adds one line.

One module a framework, called after it, which imports it; what it calls its own parts is what they are called here.
Below them `needed` (what has to be installed), `ranks` (which of several processes this is), `reported_values` (what a
framework hands over, as labels and numbers) and `framework_run` (whose Logger it is, when it begins and how it ends).
docs/from-other-tools.md says what each of them writes.
"""
