"""`python -m benchmarks.site`: many clerks at once, from a file to a receipt, and pages too.

The real `fleetmon serve` in a process of its own over a fresh home. Every clerk sends a file of
their own at the same moment, waits for the findings, confirms and waits for the receipt; readers
open pages all the while. Before that one clerk sends one, which waits for the workers to start.
The baseline is a bare application of the same framework that takes the
same bytes at once and does nothing but hash them. At the end every row must be held.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import polars as pl
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.registrations import PLACES, make_owners, make_rows
from monitor.door.accounts import add_account
from monitor.door.database import open_door
from monitor.door.rights import Role, Verb
from monitor.door.sessions import open_session
from monitor.door.tokens import issue_token
from monitor.model import SHANGHAI
from monitor.policy.policy import load_policy
from monitor.settings import Settings
from monitor.store.home import Home
from monitor.store.opening import open_store

_CLERKS, _ROWS, _SMOKE_CLERKS, _SMOKE_ROWS = 50, 10_000, 4, 1_000
_READERS = 5
_FINDINGS = "file sent to findings shown"
_AIM_ROWS, _AIM_S = 100_000, 2.0
_PAGES = ("/", "/submissions", "/bulletins", "/mandates", "/help", "/healthz")
_PATIENCE = 1200.0
_ADDRESS = re.compile(r"http://[\d.:]+")


@dataclass
class Times:
    """Seconds by what they were spent on."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, since: float) -> None:
        """Note how long something took."""
        self.seconds.setdefault(name, []).append(time.perf_counter() - since)

    def table(self) -> str:
        """A line for each: how many, the median, 95 of 100, the longest."""
        lines = ["| what | times | median s | 95 % s | longest s |", "|---|---:|---:|---:|---:|"]
        for name, found in self.seconds.items():
            ordered = sorted(found)
            most = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
            lines.append(
                f"| {name} | {len(ordered)} | {median(ordered):.2f} | {most:.2f} | "
                f"{ordered[-1]:.2f} |"
            )
        return "\n".join(lines)


def write_files(folder: Path, clerks: int, rows: int) -> list[tuple[str, bytes]]:
    """A file for each clerk, of one division and of vehicles that nobody else sends."""
    owners = make_owners()
    files = []
    for number in range(clerks):
        place = PLACES[number % len(PLACES)]
        frame = make_rows(number * rows, rows, owners).with_columns(
            pl.lit(place[0]).alias("行政区划代码")
        )
        path = folder / f"{number}.csv"
        frame.write_csv(path)
        files.append((place[0], path.read_bytes()))
    return files


def make_people(home: Home, files: Sequence[tuple[str, bytes]]) -> tuple[list[str], str]:
    """A token for each clerk, and the session of a steward who reads pages."""
    table, now = load_policy(None).divisions, datetime.now(SHANGHAI)
    scopes = {Verb.SEE, Verb.SUBMIT, Verb.CONFIRM}
    with open_door(home) as door:
        tokens = [
            issue_token(
                door,
                table,
                role=Role.CLERK,
                division=division,
                scopes=scopes,
                label="benchmark",
                days=1,
                most_days=1,
                actor="cli:benchmark",
                at=now,
            ).text
            for division, _ in files
        ]
        steward = add_account(
            door, table, name="steward", role=Role.STEWARD, actor="cli:benchmark", at=now
        )
        return tokens, open_session(door, steward, now, Settings().site).secret


async def send_one(client: httpx.AsyncClient, token: str, content: bytes, times: Times) -> int:
    """One clerk's way from a file to a receipt; gives how many rows count."""
    begun = time.perf_counter()
    client.headers["Authorization"] = f"Bearer {token}"
    sent = await client.post("/api/v1/uploads?kind=registration", content=content)
    times.add("file taken (POST answered)", begun)
    sent.raise_for_status()
    address = sent.headers["location"]
    held = await _settled(client, address)
    times.add(_FINDINGS, begun)
    if held["state"] != "checked":
        raise RuntimeError(json.dumps(held, ensure_ascii=False)[:600])
    at = time.perf_counter()
    told = await client.post(
        f"{address}/confirm", json={"fingerprint": held["result"]["fingerprint"]}
    )
    told.raise_for_status()
    held = await _settled(client, address)
    times.add("confirmed to receipt", at)
    times.add("the whole way", begun)
    if held["state"] != "confirmed":
        raise RuntimeError(json.dumps(held, ensure_ascii=False)[:600])
    return int(held["result"]["rows"]["accepted"])


async def _settled(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    while True:
        answer = await client.get(address, params={"wait": 30})
        held: dict[str, Any] = answer.raise_for_status().json()
        if held["state"] not in {"received", "checking", "confirming"}:
            return held


async def read_pages(address: str, cookie: str, times: Times, is_over: asyncio.Event) -> None:
    """One reader who opens one page after the other."""
    async with httpx.AsyncClient(
        base_url=address, cookies={"fleetmon": cookie}, timeout=_PATIENCE
    ) as client:
        while not is_over.is_set():
            for path in _PAGES:
                begun = time.perf_counter()
                answer = await client.get(path)
                times.add(f"page {path} meanwhile", begun)
                answer.raise_for_status()
                await asyncio.sleep(0.2)


async def send_first(address: str, file: tuple[str, bytes], token: str) -> tuple[Times, int]:
    """One clerk alone, after a start; gives the time and how many rows count."""
    times = Times()
    async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE) as client:
        rows = await send_one(client, token, file[1], times)
    return Times({f"first after a start: {_FINDINGS}": times.seconds[_FINDINGS]}), rows


async def rush(
    address: str,
    files: Sequence[tuple[str, bytes]],
    tokens: Sequence[str],
    cookie: str,
    readers_at_once: int,
) -> tuple[Times, int, float]:
    """Everybody at once; gives the times, how many rows count, and seconds from first to last."""
    times, is_over = Times(), asyncio.Event()
    readers = [
        asyncio.create_task(read_pages(address, cookie, times, is_over))
        for _ in range(readers_at_once)
    ]
    clients = [httpx.AsyncClient(base_url=address, timeout=_PATIENCE) for _ in files]
    begun = time.perf_counter()
    try:
        rows = await asyncio.gather(
            *(
                send_one(client, token, content, times)
                for client, token, (_, content) in zip(clients, tokens, files, strict=True)
            )
        )
    finally:
        took = time.perf_counter() - begun
        is_over.set()
        await asyncio.gather(*readers)
        for client in clients:
            await client.aclose()
    return times, sum(rows), took


async def _hash(request: Request) -> Response:
    digest = hashlib.sha256()
    async for chunk in request.stream():
        digest.update(chunk)
    return Response(digest.hexdigest())


# The baseline, served by uvicorn as `benchmarks.site:bare`.
bare = Starlette(routes=[Route("/", _hash, methods=["POST"])])


async def rush_bare(address: str, files: Sequence[tuple[str, bytes]]) -> Times:
    """The same bytes at once to an application that only hashes them."""
    times = Times()

    async def one(content: bytes) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE) as client:
            begun = time.perf_counter()
            (await client.post("/", content=content)).raise_for_status()
            times.add("baseline: hashed by a bare Starlette", begun)

    await asyncio.gather(*(one(content) for _, content in files))
    return times


def served(command: Sequence[str], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A process that serves, and the address that it says."""
    process = subprocess.Popen(command, stdout=log.open("wb"), stderr=subprocess.STDOUT)
    for _ in range(1200):
        found = _ADDRESS.findall(log.read_text("utf-8", "replace"))
        if found and process.poll() is None:
            try:
                httpx.get(f"{found[-1]}/readyz", timeout=5)
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            return process, found[-1]
        time.sleep(0.1)
    raise RuntimeError(log.read_text("utf-8", "replace"))


def run(clerks: int, rows: int, work: Path, readers: int = _READERS) -> None:
    """Measure and print."""
    home = Home(work / "home")
    with open_store(home, write=True, waiting=lambda _words: None, actor="cli:benchmark"):
        pass
    files = write_files(work, clerks + 1, rows)
    tokens, cookie = make_people(home, files)
    uvicorn = [sys.executable, "-m", "uvicorn", "benchmarks.site:bare", "--port", "0"]
    process, address = served(uvicorn, work / "bare.log")
    try:
        baseline = asyncio.run(rush_bare(address, files[1:]))
    finally:
        process.terminate()
        process.wait(60)
    serve = [sys.executable, "-m", "monitor", "--home", str(home.root), "serve", "--port", "0"]
    process, address = served(serve, work / "serve.log")
    try:
        first, first_rows = asyncio.run(send_first(address, files[0], tokens[0]))
        times, accepted, took = asyncio.run(rush(address, files[1:], tokens[1:], cookie, readers))
    finally:
        process.terminate()
        process.wait(120)
    with open_store(home, write=False, waiting=lambda _words: None) as store:
        held = int(store.one("SELECT sum(rows_accepted) FROM submission"))
        submissions = int(store.one("SELECT count(*) FROM submission"))
    sent = (clerks + 1, accepted + first_rows)
    if (submissions, held) != sent:
        message = (
            f"{submissions} submissions with {held} rows are held, not {sent[0]} with {sent[1]}"
        )
        raise RuntimeError(message)
    print(f"\n{clerks} clerks at once, {rows:,} rows each, {readers} readers of pages\n")
    print(Times(baseline.seconds | first.seconds | times.seconds).table())
    print(
        f"\nAll {clerks} files in force after {took:.1f} s: {clerks * rows / took:,.0f} rows/s, "
        f"{accepted:,} rows held, none lost, none refused."
    )
    if (clerks, rows, readers) == (1, _AIM_ROWS, 0):
        shown = max(times.seconds[_FINDINGS])
        print(f"Aim: findings within {_AIM_S:g} s; met: {'yes' if shown <= _AIM_S else 'no'}.")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.site", description=__doc__)
    parser.add_argument("--clerks", type=int, default=_CLERKS)
    parser.add_argument("--rows", type=int, default=_ROWS)
    parser.add_argument("--readers", type=int, default=_READERS, help="of pages, all the while")
    parser.add_argument("--smoke", action="store_true", help="a few clerks, small files")
    given = parser.parse_args()
    clerks, rows = (_SMOKE_CLERKS, _SMOKE_ROWS) if given.smoke else (given.clerks, given.rows)
    with tempfile.TemporaryDirectory(prefix="fleetmon-site-") as folder:
        run(clerks, rows, Path(folder), given.readers)


if __name__ == "__main__":
    main()
