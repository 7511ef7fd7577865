"""What actors are called on pages: people by their names, programs by what they are for."""

from __future__ import annotations

from collections.abc import Callable

from monitor.door.accounts import accounts
from monitor.door.database import Door
from monitor.door.tokens import tokens
from monitor.model import Language, Text

_OTHERS = {
    "public": Text("未登录者", "somebody not signed in"),
    "service": Text("定时服务", "the service"),
    "fleetmon": Text("本系统", "this system"),
}
_COMMAND, _TOKEN = "cli:", "token:"  # the beginnings of names


def actor_words(door: Door, language: Language) -> Callable[[str], str]:
    """A function from an actor to its name; who is not known stands for themselves."""
    known = {one.actor: one.shown_name for one in accounts(door)}
    known |= {f"{_TOKEN}{one.id}": one.label for one in tokens(door)}

    def told(actor: str) -> str:
        if actor in known:
            return known[actor]
        if actor in _OTHERS:
            return _OTHERS[actor].to(language)
        if actor.startswith(_COMMAND):
            who = actor.removeprefix(_COMMAND)
            return Text(f"命令行 {who}", f"command line, {who}").to(language)
        return actor

    return told
