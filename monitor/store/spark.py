"""Spark as the engine of the one question, through Spark Connect; the only module that knows it.

The extra `[spark]` brings the client. The server is a bureau's own Spark 4, or Sail, which speaks
the same protocol without a JVM. Nothing is imported before somebody asks for it.
"""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import polars as pl

from monitor.errors import FleetmonError, StoreError, WrongUse
from monitor.model import Text
from monitor.store.exemptions import last_decision
from monitor.store.facts_manifest import (
    EXPORTED,
    FACTS,
    MANIFEST,
    FactsManifest,
    read_manifest,
    submissions_hash,
)
from monitor.store.knowledge import Knowledge, knowledge_views, stored_moment
from monitor.store.store import Store

_PORT: Final = 15002
_PATIENCE_SECONDS: Final = 10
# A call is tried again so often where the server is busy; Spark's own habit takes ten minutes.
_RETRIES: Final = 4
_LONGEST_REASON: Final = 300
_SESSION: Final[Mapping[str, str]] = {
    # Moments are stored in UTC and compared with literals of the session's zone.
    "spark.sql.session.timeZone": "UTC",
    # The folders are there to be passed over; `province=36` is a code and no number.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
}
# An engine's own: types are those of the export, a moment without a zone has another name.
_OTHER_NAMES: Final = {"TIMESTAMP": "TIMESTAMP_NTZ"}


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """One session of a server, over one export; made by `spark_engine`."""

    session: Any
    store: Store
    manifest: FactsManifest
    carried: tuple[str, ...] = ()

    def look(self, knowledge: Knowledge) -> None:
        """Views over the export; raises `WrongUse` where it is older than what is asked for."""
        decisions = knowledge.decisions
        if decisions is None:
            decisions = last_decision(self.store, knowledge.known_at)
        if not self.manifest.covers(knowledge, decisions):
            raise _outdated(self.manifest)
        for name, query in knowledge_views(knowledge).items():
            self.view(name, query)
        self.view("decision_row", "SELECT * FROM decision_seen")
        self.view("held_registration", self._held())

    def _held(self) -> str:
        """The rows of what is seen; all of them need not be compared with that."""
        seen = self.frame("SELECT CAST(count(*) AS BIGINT) AS n FROM seen")["n"].sum()
        if seen == self.manifest.rows["submission"]:
            return f"SELECT * FROM {FACTS}"
        return f"SELECT * FROM {FACTS} WHERE submission IN (SELECT seq FROM seen)"

    def table(self, name: str, query: str) -> None:
        """As `view`: the server plans it together with what asks for it."""
        self.view(name, query)

    def view(self, name: str, query: str) -> None:
        """A view of this session."""
        with _told():
            self.session.sql(query).createOrReplaceTempView(name)

    def frame(self, query: str) -> pl.DataFrame:
        """Through Arrow."""
        with _told():
            found = pl.from_arrow(self.session.sql(query).toArrow())
        assert isinstance(found, pl.DataFrame)  # noqa: S101  # a table is no series
        return found

    large_frame = frame

    def rows(self, columns: Mapping[str, list[Any]]) -> Any:
        """These few rows as a data frame of the server, for checks that run there."""
        with _told():
            return self.session.createDataFrame(pl.DataFrame(columns).to_arrow())


@contextmanager
def spark_engine(store: Store, url: str | None, facts: str | None) -> Iterator[SparkEngine]:
    """The server at `url` over the export that it finds at `facts`, which must be of this store.

    Raises `WrongUse` where a setting, the extra or the export is missing, or the export is of
    another store or not whole; `StoreError` where the server cannot be reached or fails.
    """
    if not url or not facts:
        raise WrongUse(
            Text(
                "以 spark 为引擎时，须设置 cluster.url（如 sc://spark.example.cn:15002）和 "
                "cluster.facts（导出文件夹，按集群看到的路径写）。见 docs/cluster.md。",
                "With spark as the engine, cluster.url (such as sc://spark.example.cn:15002) and "
                "cluster.facts (the export, as the cluster sees it) must be set. See "
                "docs/cluster.md.",
            )
        )
    make = _client()
    _ensure_reachable(url)
    with _told():
        session = make(url)
    try:
        with _told():
            for name, value in _SESSION.items():
                session.conf.set(name, value)
        manifest = _manifest(session, facts)
        _ensure_same(store, manifest)
        _open_tables(session, facts, manifest)
        yield SparkEngine(session, store, manifest)
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a server that is gone cannot be taken leave of
            session.stop()


def _client() -> Callable[[str], Any]:
    """What begins a session. Raises `WrongUse` where the extra is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it imports itself
            from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415  # extra
            from pyspark.sql.connect.session import SparkSession  # noqa: PLC0415  # extra
    except ImportError as error:
        raise WrongUse(
            Text(
                "没有安装集群所需的部分。请运行 python3 bootstrap.py install-spark，"
                f"或把引擎改回 duckdb（cluster.engine）。缺少：{error.name}。",
                "What a cluster needs is not installed. Run python3 bootstrap.py install-spark, or "
                f"set the engine back to duckdb (cluster.engine). Missing: {error.name}.",
            )
        ) from error

    def begin(url: str) -> Any:
        session = SparkSession.builder.remote(url).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES)])
        return session

    return begin


def _ensure_reachable(url: str) -> None:
    """Ask the server's port once; the client itself would try for minutes."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port or _PORT
        if parts.scheme != "sc" or not host:
            raise ValueError(url)  # noqa: TRY301  # told below with the others
        with socket.create_connection((host, port), timeout=_PATIENCE_SECONDS):
            pass
    except ValueError:
        raise WrongUse(
            Text(
                "cluster.url 不是 Spark Connect 的地址。应如 sc://spark.example.cn:15002。",
                "cluster.url is no address of Spark Connect. It looks like "
                "sc://spark.example.cn:15002.",
            )
        ) from None
    except OSError as error:
        raise StoreError(
            Text(
                f"连不上集群 {host}:{port}：{error.strerror or error}。请确认 Spark Connect "
                "服务已启动、端口放行；急用时可把引擎改回 duckdb（cluster.engine），结果相同。",
                f"The cluster at {host}:{port} cannot be reached: {error.strerror or error}. See "
                "that its Spark Connect server runs and the port is open; meanwhile set the engine "
                "back to duckdb (cluster.engine), which gives the same.",
            )
        ) from error


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the server or its client says into words of ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the client's own, of what it will do differently
            yield
    except FleetmonError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise StoreError(
            Text(
                f"集群没有完成这次计算（{type(error).__name__}）：{reason}。请查看集群日志后再试；"
                "急用时可把引擎改回 duckdb（cluster.engine），结果相同。",
                f"The cluster did not finish ({type(error).__name__}): {reason}. Look at its log "
                "and try again; meanwhile set the engine back to duckdb (cluster.engine), which "
                "gives the same.",
            )
        ) from error


def _manifest(session: Any, facts: str) -> FactsManifest:
    page = f"{facts.rstrip('/')}/{MANIFEST}"
    try:
        with _told():
            lines = session.read.text(page, wholetext=True).collect()
    except StoreError as error:
        if "PATH_NOT_FOUND" in error.text.en:
            _refuse_export(facts)
        raise
    manifest = read_manifest(lines[0][0]) if lines else None
    if manifest is None:
        _refuse_export(facts)
    return manifest


def _refuse_export(facts: str) -> NoReturn:
    raise WrongUse(
        Text(
            f"集群在 {facts} 没有找到可用的导出。请先运行 fleetmon export facts，"
            "把文件夹放到集群能读到的地方，再核对 cluster.facts；旧版本的导出须重做。",
            f"The cluster finds no export at {facts} that this version can use. Run fleetmon "
            "export facts first, put the folder where the cluster can read it, and check "
            "cluster.facts; an export of another version has to be made anew.",
        )
    )


def _ensure_same(store: Store, manifest: FactsManifest) -> None:
    """The export must be of this store, as it is or as it was."""
    if manifest.history > store.history() or manifest.submissions != submissions_hash(
        store, manifest.history, manifest.known_at
    ):
        raise WrongUse(
            Text(
                "集群上的导出不是这个数据文件夹的：其中的报送与数据库不一致。"
                "请检查 --home 与 cluster.facts，或重新导出。",
                "The export on the cluster is of another home: what was received does not agree "
                "with the store. Check --home and cluster.facts, or export anew.",
            )
        )


def _outdated(manifest: FactsManifest) -> WrongUse:
    until = stored_moment(manifest.known_at) if manifest.known_at else None
    limit = (f"，只含 {until} UTC 以前收到的", f" and holds what came by {until} UTC")
    zh, en = limit if until else ("", "")
    return WrongUse(
        Text(
            f"集群上的导出到第 {manifest.history} 批报送为止{zh}，早于所要判定的数据。"
            "请重新运行 fleetmon export facts --replace，或用 --known-at 判定较早的时刻。",
            f"The export on the cluster ends with submission {manifest.history}{en}, which is "
            "older than what is to be judged. Run fleetmon export facts --replace again, or judge "
            "an earlier moment by --known-at.",
        )
    )


def _open_tables(session: Any, facts: str, manifest: FactsManifest) -> None:
    """Name the tables of the export; every row that it says to have must be there."""
    for name, columns in EXPORTED.items():
        shape = ", ".join(f"{c} {_OTHER_NAMES.get(t, t)}" for c, t in columns.items())
        with _told():
            table = session.read.schema(shape).parquet(f"{facts.rstrip('/')}/{name}")
            table = table.select(*columns)  # without the names of folders
            table.createOrReplaceTempView(name)
            found = table.count()
        if found != manifest.rows[name]:
            raise WrongUse(
                Text(
                    f"集群上的导出不完整：{name} 应有 {manifest.rows[name]} 行，只读到 {found} 行。"
                    "请重新复制整个文件夹，或重新导出。",
                    f"The export on the cluster is not whole: {name} should have "
                    f"{manifest.rows[name]} rows and {found} were read. Copy the whole folder "
                    "again, or export anew.",
                )
            )
