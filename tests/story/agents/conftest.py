"""A company with real agents: LangChain takes its time to import, so only these stories have it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.office import Company
from tests.story.conftest import open_company

HERE = Path(__file__).parent


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def agency(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """One company for every story about agents; each story has rooms of its own."""
    named = {
        "LANGGRAPH_CONFIG": str(HERE / "langgraph.json"),
        "APPROVALS_CONFIG": str(HERE / "approvals.toml"),
    }
    folder = tmp_path_factory.mktemp("agency")
    async with open_company(folder, **named, OUTBOX_DB=str(folder / "outbox.db")) as company:
        yield company
