"""The methods of `Logger` by family, as its base classes: each checks what it is given and hands it to the `Writer`.

`family` is what they all stand on. Conversion of values to bytes is in `lavdlike/kinds/` and `lavdlike/writing/`.
"""
