"""A LangGraph that would let an answer reach the wrong question is refused at the start."""

from __future__ import annotations

import pytest

from bot.runs import selfcheck
from bot.runs.selfcheck import LangGraphUnfit, check_langgraph


async def test_the_installed_langgraph_is_fit() -> None:
    await check_langgraph()


@pytest.mark.parametrize("version", ["1.2.19", "1.1.99", "0.6.0", "1.2.4rc1"])
async def test_an_old_langgraph_is_refused(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(selfcheck, "version", lambda _: version)

    with pytest.raises(LangGraphUnfit, match=r"too old: install 1\.2\.20"):
        await check_langgraph()


async def test_a_langgraph_that_dropped_its_strict_mode_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "STRICT", "a_name_it_does_not_know")

    with pytest.raises(LangGraphUnfit, match="no longer refuses answers to unknown interrupts"):
        await check_langgraph()
