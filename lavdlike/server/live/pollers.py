"""Browsers without a WebSocket, which ask from time to time. What they look at stays looked at in between."""

from __future__ import annotations

import asyncio
import time

import msgspec

from lavdlike.messages import Hello, PollAnswer, PollRequest
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.subscriptions import Publisher, Subscription


class Pollers:
    """All of them, the one that asked last at the end. Lives on the event loop."""

    def __init__(self, publisher: Publisher, limits: LiveLimits) -> None:
        self._publisher = publisher
        self._limits = limits
        self._pollers: dict[str, _Poller] = {}

    @property
    def clients(self) -> list[str]:
        """Who they are, the one that asked last at the end."""
        return list(self._pollers)

    async def poll(self, request: PollRequest, hello: Hello) -> PollAnswer:
        """The changes since the version that a browser has seen; waits for the first one, up to 20 s.

        Args:
            hello: the first message for a browser that has seen nothing yet.
        """
        poller = self._poller_of(request, hello)
        poller.subscription.look(msgspec.structs.replace(request.look, version=request.since))
        try:
            messages = await asyncio.wait_for(poller.subscription.next_batch(), self._limits.poll_s)
        except TimeoutError:
            messages = []
        poller.last_used = time.monotonic()
        poller.sent = max((message.sequence for message in messages), default=poller.sent)
        return PollAnswer(messages)

    def forget_absent(self, now: float) -> None:
        """Those that have not asked for long are gone."""
        for client, poller in list(self._pollers.items()):
            if now - poller.last_used > self._limits.poller_s:
                del self._pollers[client]
                poller.subscription.close()

    def _poller_of(self, request: PollRequest, hello: Hello) -> _Poller:
        poller = self._pollers.pop(request.client, None)
        if poller is None or not poller.continues(request.since, self._publisher.epoch):
            if poller is not None:
                poller.subscription.close()
            first = None if request.since is not None else hello
            poller = _Poller(Subscription(self._publisher, first))
        self._pollers[request.client] = poller
        if len(self._pollers) > self._limits.max_pollers:
            self._pollers.pop(next(iter(self._pollers))).subscription.close()
        poller.last_used = time.monotonic()
        return poller


class _Poller:
    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.last_used = time.monotonic()
        self.sent = 0  # the sequence it was last sent

    def continues(self, since: tuple[str, int] | None, epoch: str) -> bool:
        """Whether the browser has got what it was sent last."""
        return since is not None and since[0] == epoch and since[1] >= self.sent
