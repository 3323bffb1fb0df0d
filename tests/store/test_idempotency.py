"""Once per key: who came first, what later callers get, and what becomes of a caller that died."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from bot.ports import Begun, Claim, Idempotency
from bot.store.idempotency import RedisIdempotency

RESULT = {"thread_id": "T1", "n": [1, None, 1.5, "é"]}


async def test_the_first_caller_works_and_later_ones_get_its_answer(idempotency: Idempotency) -> None:
    first = await idempotency.begin("api", "k", "print")
    meanwhile = await idempotency.begin("api", "k", "print")
    await idempotency.finish("api", "k", RESULT)
    later = await idempotency.begin("api", "k", "print")

    assert first == Begun(Claim.MINE)
    assert meanwhile == Begun(Claim.RUNNING)
    assert later == Begun(Claim.DONE, RESULT)


async def test_of_many_callers_one_works(idempotency: Idempotency) -> None:
    begun = await asyncio.gather(*(idempotency.begin("api", "k", "print") for _ in range(20)))

    assert sorted(one.claim for one in begun) == [Claim.MINE] + [Claim.RUNNING] * 19


async def test_another_request_under_the_same_key_is_told_so(idempotency: Idempotency) -> None:
    await idempotency.begin("api", "k", "print")
    running = await idempotency.begin("api", "k", "other")
    await idempotency.finish("api", "k", RESULT)
    done = await idempotency.begin("api", "k", "other")

    assert running == done == Begun(Claim.MISMATCH)


async def test_scopes_do_not_meet(idempotency: Idempotency) -> None:
    await idempotency.begin("api", "k", "print")

    assert (await idempotency.begin("slack", "k", "other")).claim is Claim.MINE


async def test_a_released_key_is_free_for_anybody(idempotency: Idempotency) -> None:
    await idempotency.begin("api", "k", "print")
    await idempotency.release("api", "k")

    assert (await idempotency.begin("api", "k", "other")).claim is Claim.MINE


async def test_an_answer_outlives_a_release_and_a_second_answer(idempotency: Idempotency) -> None:
    await idempotency.begin("api", "k", "print")
    await idempotency.finish("api", "k", None)
    await idempotency.release("api", "k")
    await idempotency.finish("api", "k", RESULT)

    assert await idempotency.begin("api", "k", "print") == Begun(Claim.DONE, None)


async def test_an_answer_to_what_nobody_asked_is_not_kept(idempotency: Idempotency) -> None:
    await idempotency.finish("api", "k", RESULT)

    assert (await idempotency.begin("api", "k", "print")).claim is Claim.MINE


@pytest.mark.parametrize("key", ["", ":", "a:b", "*", "é\n", "x" * 500])
async def test_any_text_can_be_a_key(idempotency: Idempotency, key: str) -> None:
    first = await idempotency.begin("api", key, "print")
    second = await idempotency.begin("api", key, "print")

    assert (first.claim, second.claim) == (Claim.MINE, Claim.RUNNING)


async def test_a_claim_whose_holder_died_is_free_again(client: Redis) -> None:
    dead = RedisIdempotency(client, claim_for=0.0)
    await dead.begin("api", "k", "print")

    taken = await RedisIdempotency(client).begin("api", "k", "print")

    assert taken.claim is Claim.MINE


async def test_a_claim_that_was_taken_over_is_not_released_by_the_one_before(client: Redis) -> None:
    slow, quick = RedisIdempotency(client, claim_for=0.0), RedisIdempotency(client)
    await slow.begin("api", "k", "print")
    await quick.begin("api", "k", "print")

    await slow.release("api", "k")

    assert (await quick.begin("api", "k", "print")).claim is Claim.RUNNING


async def test_an_answer_that_another_process_stored_is_not_released(client: Redis) -> None:
    web, worker = RedisIdempotency(client), RedisIdempotency(client)
    await web.begin("api", "k", "print")
    await worker.finish("api", "k", RESULT)

    await web.release("api", "k")

    assert await web.begin("api", "k", "print") == Begun(Claim.DONE, RESULT)


async def test_work_finished_after_its_claim_ran_out_is_not_lost(client: Redis) -> None:
    slow = RedisIdempotency(client, claim_for=0.0)
    await slow.begin("api", "k", "print")

    await slow.finish("api", "k", RESULT)

    assert await slow.begin("api", "k", "print") == Begun(Claim.DONE, RESULT)


async def test_keys_are_where_the_design_says_and_do_not_stay_for_ever(client: Redis) -> None:
    await RedisIdempotency(client, keep_for=600).begin("api", "k", "print")

    assert 590 < await client.ttl("idem:api:k") <= 600
