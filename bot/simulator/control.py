"""The control API: what tests, demos and the page use to act as people and to look behind the scenes.

Everything is JSON. A person's wish that cannot be done answers 409 with `error`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from aiohttp import WSMsgType, web

from bot.simulator import person, posting, talk
from bot.simulator.config import SimulatorConfig, Timing
from bot.simulator.faults import Fault, FaultKind
from bot.simulator.filling import NoSuchThing, Target
from bot.simulator.model import Channel, Json, Person, UserGroup
from bot.simulator.seen import seen_by
from bot.simulator.world import World

SETTINGS = ("events_url", "bot_scopes", "dedupe_client_msg_id", "commands", "should_escape")
Action = Callable[[World, str, Json], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Control:
    world: World

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/state", self.state),
            web.get("/control/feed", self.feed),
            web.get("/control/log", self.log),
            web.post("/control/reset", self.reset),
            web.post("/control/settled", self.settled),
            web.post("/control/settings", self.settings),
            web.post("/control/faults", self.add_fault),
            web.delete("/control/faults", self.heal),
            web.post("/control/deliver", self.deliver),
            web.post("/control/disconnect", self.disconnect),
            web.put("/control/people/{id}", self.put_person),
            web.put("/control/channels/{id}", self.put_channel),
            web.put("/control/groups/{id}", self.put_group),
            web.post("/control/people/{id}/{action}", self.act),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Everything, or with `?person=` what one person sees."""
        document = self.world.workspace.document
        viewer = request.query.get("person")
        tree = seen_by(document.tree, viewer) if viewer else document.tree
        return web.json_response({"seq": document.seq, "value": tree})

    async def feed(self, request: web.Request) -> web.WebSocketResponse:
        """A WebSocket: first the whole document, then each change as it happens."""
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        changes: asyncio.Queue[Json] = asyncio.Queue()
        document = self.world.workspace.document
        document.listeners.append(changes.put_nowait)
        await socket.send_json(document.whole())
        sender = asyncio.create_task(_forward(changes, socket))
        try:
            async for message in socket:
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            document.listeners.remove(changes.put_nowait)
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
        return socket

    async def log(self, request: web.Request) -> web.Response:
        entries = self.world.log.read(request.query.get("kind"), request.query.get("name"))
        return web.json_response({"entries": entries})

    async def reset(self, request: web.Request) -> web.Response:
        """A fresh demo workspace, no faults, an empty log."""
        self.world.workspace.clear()
        self.world.faults.clear()
        self.world.log.clear()
        return self._done()

    async def settled(self, request: web.Request) -> web.Response:
        """Answers when nothing is on its way to the app any more."""
        await self.world.deliver.settled()
        return self._done()

    async def settings(self, request: web.Request) -> web.Response:
        """Change `events_url`, `bot_scopes`, `commands`, `dedupe_client_msg_id` or one of the times."""
        wanted = await request.json()
        times = {f.name: _tuple(wanted[f.name]) for f in fields(Timing) if f.name in wanted}
        plain = {name: _tuple(wanted[name]) for name in SETTINGS if name in wanted}
        unknown = set(wanted) - set(times) - set(plain)
        if unknown:
            return _refused(f"unknown settings {sorted(unknown)}", 400)
        config: SimulatorConfig = self.world.config
        timing = replace(config.timing, **times)
        self.world.workspace.config = replace(config, timing=timing, **plain)
        return self._done()

    async def add_fault(self, request: web.Request) -> web.Response:
        """The fields of a Fault, `kind` at least; `{"seed"}` restarts chance."""
        wanted = await request.json()
        if "seed" in wanted:
            self.world.faults.seed(int(wanted.pop("seed")))
        if wanted:
            self.world.faults.add(Fault(**{**wanted, "kind": FaultKind(wanted["kind"])}))
        return self._done(active=[asdict(fault) for fault in self.world.faults.active()])

    async def heal(self, request: web.Request) -> web.Response:
        self.world.faults.clear()
        return self._done()

    async def deliver(self, request: web.Request) -> web.Response:
        """Send a payload of your own making: `{"kind": "interaction" | "command" | "event", "body"}`."""
        wanted = await request.json()
        if wanted["kind"] == "event":
            self.world.deliver.event(wanted["body"])
            return self._done()
        send = self.world.deliver.command if wanted["kind"] == "command" else self.world.deliver.interaction
        return self._done(answer=asdict(await send(wanted["body"])))

    async def disconnect(self, request: web.Request) -> web.Response:
        """Ask Socket Mode apps to reconnect, as Slack does every few hours."""
        wanted = await request.json() if request.can_read_body else {}
        await self.world.sockets.disconnect(wanted.get("reason", "refresh_requested"))
        return self._done()

    async def put_person(self, request: web.Request) -> web.Response:
        workspace, user = self.world.workspace, request.match_info["id"]
        start = workspace.people.get(user) or Person(user, user.lower(), user, workspace.config.team_id)
        workspace.put_person(replace(start, **await request.json()))
        return self._done()

    async def put_group(self, request: web.Request) -> web.Response:
        workspace, name = self.world.workspace, request.match_info["id"]
        start = workspace.groups.get(name) or UserGroup(name, name.lower(), name)
        changes = {key: _tuple(value) for key, value in (await request.json()).items()}
        workspace.put_group(replace(start, **changes))
        return self._done()

    async def put_channel(self, request: web.Request) -> web.Response:
        """Make or change a channel; who is added or taken out of `members` joins or leaves, with events."""
        workspace, name = self.world.workspace, request.match_info["id"]
        wanted = await request.json()
        members = wanted.pop("members", None)
        start = workspace.channels.get(name) or Channel(name, name.lower())
        workspace.put_channel(replace(start, **wanted))
        if members is not None:
            self._move(name, start.members, members)
        return self._done()

    def _move(self, channel: str, before: tuple[str, ...], after: list[str]) -> None:
        for user in after:
            if user not in before:
                posting.join(self.world, user, self.world.workspace.channels[channel])
        for user in before:
            if user not in after:
                posting.leave(self.world, user, self.world.workspace.channels[channel])

    async def act(self, request: web.Request) -> web.Response:
        """One of PEOPLE_DO, as this person; answers with what they saw."""
        user, name = request.match_info["id"], request.match_info["action"]
        wanted = await request.json() if request.can_read_body else {}
        if name not in PEOPLE_DO or user not in self.world.workspace.people:
            return _refused(f"{user} cannot {name}; people can {sorted(PEOPLE_DO)}", 404)
        try:
            result = await PEOPLE_DO[name](self.world, user, wanted)
        except NoSuchThing as reason:
            return _refused(str(reason), 409)
        return self._done(**result)

    def _done(self, **more: Any) -> web.Response:
        return web.json_response({"ok": True, "seq": self.world.workspace.document.seq, **more})


async def _click(world: World, user: str, wanted: Json) -> Json:
    where, target, stale = wanted["on"], _target(wanted), wanted.get("stale")
    _keep(world, user, where, wanted)
    if wanted.get("dry_run"):
        return {"payload": person.click_payload(world, user, where, target, stale)}
    return {"seen": asdict(await person.click(world, user, where, target, stale))}


async def _choose(world: World, user: str, wanted: Json) -> Json:
    where = wanted["on"]
    _keep(world, user, where, wanted)
    return {"seen": asdict(await person.choose(world, user, where, _target(wanted), wanted["value"]))}


async def _submit(world: World, user: str, wanted: Json) -> Json:
    _keep(world, user, {"view": "modal"}, wanted)
    return {"seen": asdict(await person.submit(world, user))}


def _target(wanted: Json) -> Target:
    return Target(wanted.get("what"), wanted.get("block_id"), wanted.get("action_id"))


def _keep(world: World, user: str, where: Json, wanted: Json) -> None:
    if wanted.get("values"):
        person.keep(world, user, where, wanted["values"])


async def _close(world: World, user: str, wanted: Json) -> Json:
    return {"seen": asdict(await person.close(world, user, wanted.get("everything", False)))}


async def _home(world: World, user: str, wanted: Json) -> Json:
    return {"seen": asdict(await person.open_home(world, user))}


async def _command(world: World, user: str, wanted: Json) -> Json:
    seen = await talk.command(world, user, wanted["channel"], wanted["command"], wanted.get("text", ""))
    return {"seen": asdict(seen)}


async def _say(world: World, user: str, wanted: Json) -> Json:
    message = talk.says(world, user, wanted["channel"], wanted["text"], wanted.get("thread_ts"))
    return {"channel": message.channel, "ts": message.ts}


async def _edit(world: World, user: str, wanted: Json) -> Json:
    talk.edits(world, user, wanted["channel"], wanted["ts"], wanted["text"])
    return {}


async def _delete(world: World, user: str, wanted: Json) -> Json:
    talk.deletes(world, user, wanted["channel"], wanted["ts"])
    return {}


async def _join(world: World, user: str, wanted: Json) -> Json:
    talk.joins(world, user, wanted["channel"])
    return {}


async def _leave(world: World, user: str, wanted: Json) -> Json:
    talk.leaves(world, user, wanted["channel"])
    return {}


async def _forward(changes: asyncio.Queue[Json], socket: web.WebSocketResponse) -> None:
    while True:
        await socket.send_json(await changes.get())


def _refused(words: str, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": words}, status=status)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


PEOPLE_DO: dict[str, Action] = {
    "click": _click,
    "choose": _choose,
    "submit": _submit,
    "close": _close,
    "open_home": _home,
    "command": _command,
    "say": _say,
    "edit": _edit,
    "delete": _delete,
    "join": _join,
    "leave": _leave,
}
