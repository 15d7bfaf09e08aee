"""What a job waits for at OVH: it gives its cart back after a minute, and it is not taken for a hanging one."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import RateLimitTimeout
from ordering.process.progress import Progress
from registrars.ovh.api import client as of_client
from registrars.ovh.throttling.scheduler import Priority


def in_a_job(progress: Progress, function, *args, **kwargs):
    with progress.followed():
        return function(*args, **kwargs)


def test_a_job_waits_a_minute_for_a_permit(stub, monkeypatch):
    """Then it comes again, as one that was not asked. People wait for as long as it takes."""
    assert of_client._JOB_WAITS == 60.0  # noqa: SLF001 - the real value, which the next line shortens
    monkeypatch.setattr(of_client, "_JOB_WAITS", 0.1)
    stub.says(200, b"{}")
    client = stub.client(concurrency=1)
    with ThreadPoolExecutor(1) as pool, client.scheduler.acquire(Priority.MONEY_CALL):
        with pytest.raises(RateLimitTimeout):
            in_a_job(Progress(), client.ask, "/me/order/1", priority=Priority.MONEY)
        person = pool.submit(client.ask, "/me", priority=Priority.MONEY)
        time.sleep(0.3)
        assert not person.done()
        client.scheduler.release(refund=True)
        assert person.result(5) == {}
        client.scheduler.acquire(Priority.MONEY_CALL)
    assert stub.calls == [("GET", "/1.0/me")]


def test_the_wait_for_a_permit_is_progress(stub):
    stub.says(200, b"{}")
    client, progress = stub.client(concurrency=1), Progress()
    with ThreadPoolExecutor(1) as pool:
        with client.scheduler.acquire(Priority.MONEY_CALL):
            asking = pool.submit(in_a_job, progress, client.ask, "/me", priority=Priority.MONEY)
            time.sleep(0.5)
            assert not progress.is_stuck(timedelta(seconds=0.3))
        asking.result(5)
        assert not progress.is_stuck(timedelta(seconds=0.3))
        time.sleep(0.35)
        assert progress.is_stuck(timedelta(seconds=0.3))


async def test_lookups_of_other_threads_are_progress_of_the_job(ovh, gateway):
    """The job waits for names that threads of the search look up."""
    ovh.faults.add("GET", "/order/cart/*/domain", "slow", seconds=0.8)
    progress = Progress()
    looking = asyncio.create_task(
        asyncio.to_thread(in_a_job, progress, lambda: list(gateway.look_up([DomainName.parse("name.ovh")])))
    )
    await asyncio.sleep(0.7)
    assert not looking.done()
    assert not progress.is_stuck(timedelta(seconds=0.3))
    assert len(await looking) == 1
