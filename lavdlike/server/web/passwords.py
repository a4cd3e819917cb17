"""How passwords and people's tokens are kept: as hashes, from which neither can be told (docs/security.md).

A hash is one text without a colon: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, what argon2-cffi writes (`$argon2id$...`), or
`$sha256$HEX` of a random token, which needs no slow hash because nobody can guess it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import NamedTuple

# A guess costs 32 MiB and some 0.3 s: as OWASP's list of 2023 has it for scrypt.
LOG2_COST, BLOCK_SIZE, PARALLELISM = 15, 8, 3
# A hash of somebody's that costs more is refused when the file is read, not when the memory is gone.
MAX_MEMORY_BYTES = 256 * 1024 * 1024
MAX_ROUNDS = 10

_SALT_BYTES, _HASH_BYTES = 16, 32
_MIN_SALT_BYTES, _MIN_HASH_BYTES, _MAX_PART_BYTES = 8, 16, 64
_SCRYPT = re.compile(
    r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,100})\$([A-Za-z0-9+/]{1,100})"
)
_ARGON2 = re.compile(
    r"\$argon2(?:id|i|d)\$v=\d{2}\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{1,100}\$[A-Za-z0-9+/]{1,100}"
)
_TOKEN = re.compile(r"\$sha256\$[0-9a-f]{64}")
# Of nobody: checked where there is no hash to check, so that this takes as long.
NOBODYS_HASH = f"$scrypt$ln={LOG2_COST},r={BLOCK_SIZE},p={PARALLELISM}${'A' * 22}${'A' * 43}"


class _Scrypt(NamedTuple):
    cost: int
    block_size: int
    parallelism: int
    salt: bytes
    expected: bytes

    @property
    def memory_bytes(self) -> int:
        return 128 * self.block_size * (self.cost + self.parallelism + 2)


def hash_of_password(password: str) -> str:
    """A hash to keep, of another salt each time. It takes as long as a check (`is_password`)."""
    salt = secrets.token_bytes(_SALT_BYTES)
    asked = _Scrypt(1 << LOG2_COST, BLOCK_SIZE, PARALLELISM, salt, b"\0" * _HASH_BYTES)
    digest = _scrypt(password, asked)
    return f"$scrypt$ln={LOG2_COST},r={BLOCK_SIZE},p={PARALLELISM}${_text(salt)}${_text(digest)}"


def hash_of_token(token: str) -> str:
    return f"$sha256${hashlib.sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()}"


def is_of_token(kept: str) -> bool:
    return kept.startswith("$sha256$")


def check_hash(kept: str) -> None:
    """Raises ValueError, with the reason, for what is no hash that this server would check."""
    if _TOKEN.fullmatch(kept):
        return
    if kept.startswith("$argon2"):
        _check_argon2(kept)
        return
    scrypt = _parsed(kept)
    if scrypt.memory_bytes > MAX_MEMORY_BYTES or scrypt.parallelism > MAX_ROUNDS:
        raise ValueError("a check of this hash would take too much memory or time")


def is_password(password: str, kept: str) -> bool:
    """Whether a password belongs to a hash that `check_hash` takes. Takes memory and a part of a second."""
    if kept.startswith("$argon2"):
        return _is_argon2(password, kept)
    scrypt = _parsed(kept)
    return hmac.compare_digest(_scrypt(password, scrypt), scrypt.expected)


def _bytes_of(password: str) -> bytes:
    """The same for what looks the same: keyboards compose characters in different ways."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _scrypt(password: str, asked: _Scrypt) -> bytes:
    return hashlib.scrypt(
        _bytes_of(password),
        salt=asked.salt,
        n=asked.cost,
        r=asked.block_size,
        p=asked.parallelism,
        maxmem=asked.memory_bytes + 1024 * 1024,
        dklen=len(asked.expected),
    )


def _parsed(kept: str) -> _Scrypt:
    found = _SCRYPT.fullmatch(kept)
    if found is None:
        raise ValueError("not a hash such as 'lavdlike passwd' writes")
    log2_cost, block_size, parallelism = (int(found[group]) for group in (1, 2, 3))
    salt, expected = _bytes(found[4]), _bytes(found[5])
    if not (1 <= log2_cost <= 24 and block_size and parallelism):
        raise ValueError("not a hash such as 'lavdlike passwd' writes")
    if not (
        _MIN_SALT_BYTES <= len(salt) <= _MAX_PART_BYTES
        and _MIN_HASH_BYTES <= len(expected) <= _MAX_PART_BYTES
    ):
        raise ValueError("its salt or its hash is too short or too long")
    return _Scrypt(1 << log2_cost, block_size, parallelism, salt, expected)


def _check_argon2(kept: str) -> None:
    found = _ARGON2.fullmatch(kept)
    if found is None:
        raise ValueError("not a hash such as argon2-cffi writes")
    if int(found[1]) * 1024 > MAX_MEMORY_BYTES or not 1 <= int(found[2]) <= MAX_ROUNDS:
        raise ValueError("a check of this hash would take too much memory or time")
    try:
        import argon2  # noqa: F401  # whether it is there
    except ImportError:
        raise ValueError(
            "a hash of argon2 needs argon2-cffi: pip install 'lavdlike[argon2]', or set the password anew"
        ) from None


def _is_argon2(password: str, kept: str) -> bool:
    import argon2

    try:
        return argon2.PasswordHasher().verify(kept, _bytes_of(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise ValueError("not a hash such as 'lavdlike passwd' writes") from None
