"""What every command shares: settings, language, the clock, and how failures are told."""

from __future__ import annotations

import getpass
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.errors import FleetmonError, WrongUse
from monitor.model import SHANGHAI, Language, Text
from monitor.policy.project import project_root
from monitor.store.breakdowns import breakdown

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.bulletins.words import Words
    from monitor.policy.policy import Policy
    from monitor.policy.recipients import RecipientBook
    from monitor.service.workplace import Workplace
    from monitor.settings import Settings
    from monitor.store.home import Home
    from monitor.store.spark import SparkEngine
    from monitor.store.store import Store

WE_FAILED = 3
_FILE_WIDTH = 160


@dataclass
class Session:
    """One command's surroundings."""

    home_folder: Path
    home_is_given: bool
    config: Path | None
    language: Language
    debug: bool
    settings: Settings

    @cached_property
    def home(self) -> Home:
        """The home folder."""
        from monitor.store.home import Home  # noqa: PLC0415  # commands without a store skip duckdb

        return Home(self.home_folder)

    @cached_property
    def policy(self) -> Policy:
        """All of checks/ and data/, loaded once."""
        from monitor.policy.policy import load_policy  # noqa: PLC0415  # --help needs none of it

        return load_policy(self.config)

    @cached_property
    def out(self) -> Console:
        """Where people read: standard output."""
        from rich.console import Console  # noqa: PLC0415  # --json needs none of it

        width = None if sys.stdout.isatty() else _FILE_WIDTH
        return Console(highlight=False, emoji=False, markup=False, width=width)

    def say(self, zh: str, en: str) -> str:
        """Words in the language of the command."""
        return Text(zh, en).to(self.language)

    def now(self) -> datetime:
        """The moment of the command."""
        return datetime.now(SHANGHAI)

    def waiting(self, words: Text) -> None:
        """Tell what another process has to do with this one's waiting or reading."""
        click.echo(words.to(self.language), err=True)

    @cached_property
    def words(self) -> Words:
        """The words of bulletins, for what both call by the same name."""
        from monitor.bulletins.words import load_words  # noqa: PLC0415  # tables alone need it

        return load_words(self.policy.project, self.language)

    def status_word(self, status: str) -> str:
        """A verdict as bulletins say it."""
        from monitor.bulletins.labels import status_word  # noqa: PLC0415  # imports babel

        return status_word(status, self.words)

    def bar(self, zh: str, en: str, *, quiet: bool = False) -> Callable[[int, int, str], None]:
        """A progress bar, on a terminal only; `quiet` where the output is for programs."""
        if quiet or not sys.stderr.isatty():
            return lambda _done, _all, _name: None
        from monitor.cli.progress import Bar  # noqa: PLC0415  # only on a terminal

        return Bar(self.say(zh, en))

    @contextmanager
    def store(self, *, write: bool) -> Iterator[Store]:
        """The home's store."""
        from monitor.store.opening import open_store  # noqa: PLC0415  # imports duckdb and polars

        with open_store(self.home, write=write, waiting=self.waiting, actor=self.actor) as opened:
            yield opened

    @contextmanager
    def engine(self, store: Store) -> Iterator[SparkEngine | None]:
        """What the settings have the one question asked of; None is the store itself."""
        chosen = self.settings.cluster
        if chosen.engine == "duckdb":
            yield None
            return
        from monitor.store.spark import spark_engine  # noqa: PLC0415  # where it is asked for

        with spark_engine(store, chosen.url, chosen.facts) as opened:
            yield opened

    @cached_property
    def workplace(self) -> Workplace:
        """What jobs work with, for the commands that run or show them."""
        from monitor.service.workplace import Workplace  # noqa: PLC0415  # heavy

        return Workplace(
            home=self.home,
            config=self.config,
            settings=self.settings,
            now=self.now,
            actor=self.actor,
            waiting=self.waiting,
        )

    @cached_property
    def book(self) -> RecipientBook:
        """Who receives what."""
        from monitor.service.workplace import read_book  # noqa: PLC0415  # heavy

        return read_book(self.policy.project, self.policy.divisions, self.settings)

    @cached_property
    def actor(self) -> str:
        """Who acts by this command, as locks and the audit log name them."""
        try:
            return f"cli:{getpass.getuser()}"
        except (KeyError, OSError):  # a container's user may have a number and no name
            return f"cli:uid{os.getuid()}"


def make_session(
    home: Path | None, config: Path | None, language: str | None, *, debug: bool
) -> Session:
    """A session from options, else the environment, else defaults."""
    from monitor.settings import Settings, load_settings  # noqa: PLC0415  # --help needs none

    named = Settings()
    config, given = config or named.config, home or named.home
    home_folder = (given or project_root() / "data" / "var").absolute()
    settings = load_settings(config, home_folder)
    chosen: Language = "en" if (language or settings.language) == "en" else "zh"
    return Session(
        home_folder=home_folder,
        home_is_given=given is not None,
        config=config.absolute() if config else None,
        language=chosen,
        debug=debug,
        settings=settings,
    )


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def write_file(path: Path, content: bytes) -> None:
    """Write what a user asked for where the user asked; raises `WrongUse` where that cannot be."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise WrongUse(
            Text(
                f"无法写入 {path}：{error.strerror}。请换一个文件夹已存在且可写的路径。",
                f"Cannot write {path}: {error.strerror}. Name a path in a folder that is there "
                "and may be written to.",
            )
        ) from error


@contextmanager
def told(session: Callable[[], Session | None], *, debug: bool) -> Iterator[None]:
    """Turn failures into words and exit codes; a traceback only where it is asked for."""
    try:
        yield
    except FleetmonError as error:
        if debug:
            traceback.print_exc()
        language = made.language if (made := session()) else "zh"
        click.echo(error.text.to(language), err=True)
        sys.exit(error.exit_code)
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  # whatever it is, a panic of polars' too
        if debug:
            traceback.print_exc()
        language = made.language if (made := session()) else "zh"
        click.echo(_words_of(error).to(language), err=True)
        sys.exit(WE_FAILED)


def _words_of(error: BaseException) -> Text:
    """What stopped a command, where it is nothing that we foresaw."""
    if isinstance(error, KeyboardInterrupt):
        return Text(
            "已中断；没有保存任何半成品，重做即可。",
            "Interrupted; nothing half done was kept. Do it again.",
        )
    told = breakdown(error)
    if told is not None:
        return told.text
    return Text(
        f"程序出错，没有保存任何半成品：{type(error).__name__}: {error}。"
        "请加 --debug 重试，并把输出交给维护人员。",
        f"We failed, and kept nothing half done: {type(error).__name__}: {error}. "
        "Try again with --debug and give the output to the operators.",
    )
