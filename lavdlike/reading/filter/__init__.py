"""Which experiments a person asks for: `lr=0.01 -tag=bad min(val/loss)<0.3` (docs/filter.md).

`syntax` has what a filter consists of, `parser` makes it from text, `fields` says what a name stands for, `matching`
asks it of experiments. Pure, but for what `RunFacts` reads when it is asked.
"""
