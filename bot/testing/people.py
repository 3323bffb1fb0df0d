"""What people do on a card, on the simulator's side: press, fill in, and see what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.card import Card as Message
from bot.simulator.people import Slack
from bot.simulator.seen import Seen
from bot.simulator.somebody import Person


class FormRefused(Exception):
    """The form was not accepted, and nothing was recorded. `errors`: field -> the sentence under it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in errors.items()))
        self.errors = dict(errors)


def person(slack: Slack, who: str) -> Person:
    """Somebody by id (`U0ANA`) or name (`ana`). Raises LookupError that says who is there."""
    people = slack.document.tree["people"]
    names = {known["real_name"].lower(): user for user, known in people.items()}
    user = who if who in people else names.get(who.lower())
    if user is None:
        raise LookupError(f"nobody is called {who!r}; there are {', '.join(sorted(names))}")
    return slack.person(user)


@dataclass(frozen=True, slots=True)
class Hand:
    """One person at one message. Each gesture returns what they were told in private; nothing is `""`."""

    slack: Slack
    who: Person
    message: Message
    within: float

    async def press(self, label: str) -> str:
        """Press a button, with its confirmation if it asks for one."""
        return await self._told(lambda: self.who.click(label, on=self.message))

    async def press_and_say(self, label: str, field: str, words: str) -> str:
        """Press a button that opens a window, write into its one field, and send it."""
        return await self._told(lambda: self._say(label, field, words))

    async def answer(self, values: Mapping[str, Any]) -> str:
        """Press Answer and fill the form in, window by window. Raises FormRefused."""
        return await self._told(lambda: self._answer(values))

    async def reply(self, text: str) -> str:
        """Write in the card's thread."""
        return await self._told(lambda: self.who.reply(self.message, text))

    async def _say(self, label: str, field: str, words: str) -> Seen:
        seen = await self.who.click(label, on=self.message)
        if self.who.modal is None:  # it was refused at once
            return seen
        if words:
            await self.who.fill(field, words)
        return await self._submit()

    async def _answer(self, values: Mapping[str, Any]) -> Seen:
        seen, left = await self.who.click("Answer", on=self.message), dict(values)
        while (form := self.who.modal) is not None:
            for label in [label for label in left if label in form.fields]:
                await self.who.fill(label, left.pop(label))
            if left and _is_last(form.raw):
                await self.who.close(everything=True)
                raise LookupError(f"the form has no field {', '.join(left)}; it has {', '.join(form.fields)}")
            seen = await self._submit()
        return seen

    async def _submit(self) -> Seen:
        seen = await self.who.submit()
        form = self.who.modal
        if form is not None and form.errors:
            errors = form.errors
            await self.who.close(everything=True)
            raise FormRefused(errors)
        return seen

    async def _told(self, gesture: Callable[[], Awaitable[Seen | Message]]) -> str:
        """Wait until the card shows something else, or the person was told something."""
        shown, notes = self.message.text_shown, len(self.who.private_notes())
        seen = await gesture()
        if isinstance(seen, Seen) and seen.trouble:
            return seen.trouble
        await self.slack.until(
            lambda: self.message.text_shown != shown or len(self.who.private_notes()) > notes,
            f"the card {shown!r} to change, or {self.who.id} to be told why not",
            self.within,
        )
        return "\n".join(note.text_shown for note in self.who.private_notes()[notes:])


def _is_last(form: Mapping[str, Any]) -> bool:
    return (form.get("submit") or {}).get("text") != "Next"
