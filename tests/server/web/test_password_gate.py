from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from lavdlike.server.web import passwords
from lavdlike.server.web.credentials import Credentials, Holder
from lavdlike.server.web.password_gate import CHECKS_AT_ONCE, PasswordGate
from lavdlike.server.web.passwords import hash_of_token
from lavdlike.server.web.responses import RefusedError
from lavdlike.server.web.users import User, Users
from tests.limits import LIMIT_S
from tests.serving import wait_until

ANN = User("ann", may_edit=True, hash="hash of ann")
BOB = User("bob", may_edit=False, hash="hash of bob")
ANNS_SCRIPT = User("ann", may_edit=False, hash=hash_of_token("token of ann"))
USERS = Users([ANN, BOB, ANNS_SCRIPT])


def gate(now: Callable[[], float] = lambda: 0.0) -> PasswordGate:
    return PasswordGate(Credentials(b"k" * 32, users=lambda: USERS), now)


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that were checked; the right password of each is `password of ...`."""
    checked: list[str] = []

    def check(password: str, kept: str) -> bool:
        checked.append(kept)
        return password == kept.replace("hash", "password")

    monkeypatch.setattr(passwords, "is_password", check)
    return checked


async def status(gate: PasswordGate, name: str, password: str = "wrong", address: str = "a") -> int:  # noqa: S107
    try:
        await gate.check(name, password, address)
    except RefusedError as refused:
        return refused.status
    return 200


def test_name_and_password_are_a_person_with_their_right() -> None:
    async def run() -> None:
        ann = await gate().check("ann", "password of ann", "")
        assert ann == Holder(ANN.stamp, may_edit=True, name="ann")
        assert not (await gate().check("bob", "password of bob", "")).may_edit
        assert await status(gate(), "ann", "password of bob") == 403

    asyncio.run(run())


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(checked: list[str]) -> None:
    async def run() -> list[str]:
        said = []
        for name in ("ann", "nobody"):
            with pytest.raises(RefusedError) as refused:
                await gate().check(name, "wrong", "")
            said.append(f"{refused.value.status} {refused.value.error} {refused.value.hint}")
        return said

    first, second = asyncio.run(run())
    assert first == second
    assert len(checked) == 2


def test_wrong_ones_are_counted_for_each_name_and_overall_and_beyond_nothing_is_checked(
    checked: list[str],
) -> None:
    async def run() -> None:
        slowed = gate()
        assert [await status(slowed, "ann") for _ in range(6)] == [403] * 5 + [429]
        assert len(checked) == 5
        assert await status(slowed, "ann", "password of ann") == 429  # the right one waits, too
        assert await status(slowed, "ann", "password of ann", address="b") == 200
        assert await status(slowed, "bob", "password of bob") == 200  # of the same proxy
        assert [await status(slowed, name) for name in "bbbbbcccccddddd"] == [403] * 15
        assert await status(slowed, "bob", "password of bob") == 429

    asyncio.run(run())


def test_a_token_is_taken_at_any_time_but_only_with_its_name(checked: list[str]) -> None:
    async def run() -> None:
        slowed = gate()
        for _ in range(6):
            await status(slowed, "ann")
        asked = len(checked)
        holder = await slowed.check("ann", "token of ann", "a")
        assert (holder.name, holder.may_edit) == ("ann", False)
        assert len(checked) == asked
        assert await status(slowed, "bob", "token of ann") == 403

    asyncio.run(run())


def test_right_ones_are_not_counted_and_time_forgets() -> None:
    now = 0.0

    async def run() -> None:
        nonlocal now
        slowed = gate(lambda: now)
        assert {await status(slowed, "ann", "password of ann") for _ in range(30)} == {200}
        for _ in range(6):
            await status(slowed, "ann")
        now += 61
        assert await status(slowed, "ann", "password of ann") == 200

    asyncio.run(run())


def test_tries_at_once_are_counted_before_they_are_looked_at() -> None:
    async def run() -> list[int]:
        slowed = gate()
        return await asyncio.gather(*(status(slowed, "ann") for _ in range(20)))

    assert sorted(asyncio.run(run())) == [403] * 5 + [429] * 15


def test_no_more_than_two_are_checked_at_once_even_if_nobody_waits_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running, most, free = 0, 0, threading.Event()
    lock = threading.Lock()

    def check(_password: str, _kept: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        assert free.wait(LIMIT_S)
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(passwords, "is_password", check)

    async def run() -> None:
        slowed = gate()
        tries = [asyncio.create_task(status(slowed, name)) for name in "abcdef"]
        await asyncio.to_thread(wait_until, lambda: running == CHECKS_AT_ONCE)
        for given_up in tries[:3]:
            given_up.cancel()
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(*tries, return_exceptions=True)

    asyncio.run(run())
    assert most == CHECKS_AT_ONCE
