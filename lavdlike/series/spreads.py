"""What the numbers of a group come to, and whether those of two groups differ by more than chance. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import NamedTuple

from lavdlike.filter_messages import Spread

_CONFIDENCE = 0.95
# From so many degrees of freedom on, the series around the normal distribution is exact to all digits.
_MANY_DEGREES = 1000.0


_SAFE_EXPONENT = 400


class Interval(NamedTuple):
    """A difference of means, mean of A minus mean of B, and where it is with 95 % confidence.

    `degrees`: of freedom, after Welch and Satterthwaite; None if neither group varies, and then the interval is a
    point.
    """

    difference: float
    low: float
    high: float
    degrees: float | None


def spread_of(values: Iterable[float]) -> Spread | None:
    """Of the finite ones among the numbers; None if there are none."""
    finite = sorted(value for value in values if math.isfinite(value))
    if not finite:
        return None
    # The sum, and the squares even more so, may be beyond what floats can be where what they come to is not.
    exponent = math.frexp(max(abs(finite[0]), abs(finite[-1])))[1] - 1
    scale = 2.0**exponent if abs(exponent) > _SAFE_EXPONENT else 1.0  # a power of two rounds nothing
    scaled = [value / scale for value in finite]
    n = len(scaled)
    mean = math.fsum(scaled) / n
    deviation = None
    if n > 1:
        deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in scaled) / (n - 1)) * scale
    median = (scaled[(n - 1) // 2] + scaled[n // 2]) / 2
    return Spread(n, mean * scale, median * scale, deviation, finite[0], finite[-1])


def difference_of(a: Spread | None, b: Spread | None) -> Interval | None:
    """Welch's interval, for groups of unequal variances; None with fewer than two numbers in one."""
    if a is None or b is None or a.deviation is None or b.deviation is None:
        return None
    difference = a.mean - b.mean
    error = math.hypot(a.deviation / math.sqrt(a.n), b.deviation / math.sqrt(b.n))
    if not error:
        return Interval(difference, difference, difference, None)
    share = (a.deviation / math.sqrt(a.n) / error) ** 2  # of A in the variance of the difference
    degrees = 1 / (share**2 / (a.n - 1) + (1 - share) ** 2 / (b.n - 1))
    reach = t_quantile(degrees) * error
    return Interval(difference, difference - reach, difference + reach, degrees)


def t_quantile(degrees: float, confidence: float = _CONFIDENCE) -> float:
    """Within so many deviations of 0 lies Student's t with this probability.

    Args:
        degrees: of freedom, at least 1, not necessarily whole.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    if degrees > _MANY_DEGREES:
        return _near_normal(z, degrees)
    low, high = z, 2.0 * z
    while _outside(high, degrees) > 1 - confidence:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _outside(middle, degrees) > 1 - confidence else (low, middle)
    return (low + high) / 2


def _near_normal(z: float, degrees: float) -> float:
    """Abramowitz and Stegun, 26.7.5."""
    terms: Sequence[float] = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / degrees ** (power + 1) for power, term in enumerate(terms))


def _outside(t: float, degrees: float) -> float:
    """The probability that Student's t is further from 0 than this: the regularized incomplete beta function."""
    x = degrees / (degrees + t * t)
    a, b = degrees / 2, 0.5
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _continued_fraction(x, a, b) / a
    return 1 - math.exp(log_front) * _continued_fraction(1 - x, b, a) / b


def _continued_fraction(x: float, a: float, b: float) -> float:
    """Of the incomplete beta function, by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1), tiny)
    result = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _not_zero(1 + even * d, tiny)
        c = _not_zero(1 + even / c, tiny)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _not_zero(1 + odd * d, tiny)
        c = _not_zero(1 + odd / c, tiny)
        result *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return result


def _not_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
