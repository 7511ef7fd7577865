"""The commands that a steward types over the post, as they are typed."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner, Result

from monitor.cli.bounces import bounces
from monitor.cli.deliveries import deliveries
from monitor.cli.hold import hold
from monitor.cli.send import send
from monitor.cli.session import make_session
from monitor.delivery.report import SendReport
from monitor.delivery.words import KINDS, STATES, STEPS
from monitor.errors import WrongUse
from monitor.policy.project import project_root
from monitor.policy.recipient_file import OCCASIONS
from monitor.service.words import COUNTS
from monitor.store.deliveries import State
from monitor.store.delivery_events import StepName

from .conftest import JIUJIANG, NANCHANG, Post
from .mail_server import Clerk, MailServer, free_port
from .test_bounces import kept, returned

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def run(
    post: Post,
    command: click.Command,
    *words: object,
    language: str = "zh",
    config: Path | None = None,
) -> Result:
    session = make_session(post.home.root, config, language, debug=False)
    ran = CliRunner().invoke(command, [*map(str, words)], obj=session)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran


def recipients(folder: Path, address: str) -> Path:
    """A config folder in which the bureau of Nanchang is reached at this address."""
    entry = f"""divisions:
  "360100":
    - role: bureau
      name: {{zh: 南昌市交通运输局, en: Nanchang transport bureau}}
      address: {address}
"""
    usual = (project_root() / "data" / "recipients.yml").read_text("utf-8")
    assert "\ndivisions: {}\n" in usual
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "recipients.yml").write_text(
        usual.replace("divisions: {}\n", entry), encoding="utf-8"
    )
    return folder


def document(post: Post, command: click.Command, *words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(post, command, *words, "--json").stdout)
    return found


@pytest.fixture
def mailing(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port of the mail server that the environment's settings name."""
    port = free_port()
    for name, value in {
        "TRANSPORT": "smtp",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "SECURITY": "none",
        "LETTERS_PER_MINUTE": "6000",
    }.items():
        monkeypatch.setenv(f"FLEETMON_MAIL__{name}", value)
    return port


def test_without_a_server_letters_go_to_the_folder(post: Post) -> None:
    post.add_many([NANCHANG, JIUJIANG])
    ran = run(post, send)
    assert (ran.exit_code, ran.stdout) == (0, "已寄出  2\n")
    assert run(post, send, language="en").stdout == "There is nothing to send.\n"
    assert len(post.sent) == 2


def test_a_dry_run_shows_what_would_go_to_whom_and_changes_nothing(
    post: Post, mailing: int
) -> None:
    new = post.add(NANCHANG)
    post.add(None, "360400 2020-12-31 a1")
    before = post.rows()
    with MailServer(Clerk(), port=mailing) as server:
        told = document(post, send, "--dry-run")["deliveries"]
        assert server.port == mailing
        shown = run(post, send, "--dry-run")
    first, second = sorted(told, key=lambda one: not one["goes"])
    assert (first["delivery"], first["recipient"], first["goes"]) == (new.id, NANCHANG, True)
    assert first["subject"] == f"监测通报 {new.id}"
    assert (second["goes"], second["why_not"]) == (False, "没有收件地址")
    assert shown.exit_code == 0
    assert NANCHANG in shown.stdout
    assert post.rows() == before
    assert len(post.outbox) == 2


def test_a_dry_run_says_why_a_letter_would_not_go(
    post: Post, mailing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLEETMON_MAIL__MOST_PER_RECIPIENT_PER_DAY", "1")
    deferred = post.add("li@a.example.cn", "360500 2020-12-31 a1")
    doubtful = post.add("wu@b.example.cn", "360600 2020-12-31 a1")
    clerk = Clerk(
        to_recipient=lambda address: "450 later" if address == "li@a.example.cn" else None,
        drops_after=lambda _letter: True,
    )
    monkeypatch.setenv("FLEETMON_MAIL__WHEN_IN_DOUBT", "ask")
    with MailServer(clerk, port=mailing):
        ran = run(post, send)
    assert ran.exit_code == 1
    assert f"--settle {doubtful.id} sent|again" in ran.stderr
    gone = post.add("zhao@c.example.cn", "360700 2020-12-31 a1")
    (post.home.outbox / gone.file_name).unlink()
    post.add(NANCHANG, "S000001", kind="correction")
    capped = post.add(NANCHANG, "S000002", kind="correction")
    told = {
        one["delivery"]: one["why_not"] for one in document(post, send, "--dry-run")["deliveries"]
    }
    assert told[deferred.id].endswith("再试")
    assert told[doubtful.id] == "是否送达存疑，待人工确认"
    assert told[gone.id] == "信件不在或内容已变"
    assert sorted(filter(None, told.values())).count("今天已达该收件人上限") == 1
    assert capped.id in told
    run(post, hold, "--by", "王芳")
    told = {
        one["delivery"]: one["why_not"] for one in document(post, send, "--dry-run")["deliveries"]
    }
    assert list(told.values()).count("全部邮件暂停寄送") == 2


def test_a_dry_run_names_the_hold(post: Post) -> None:
    post.add(NANCHANG)
    assert document(post, send, "--dry-run")["hold"] is None
    run(post, hold, "--reason", "口径待确认", "--by", "王芳")
    shown = run(post, send, "--dry-run", language="en")
    assert re.search(
        r"All mail is on hold since \d{4}-\d\d-\d\d \d\d:\d\d \(王芳: 口径待确认\)\. To end it:",
        shown.stderr,
    )
    assert "all mail is on hold" in shown.stdout
    told = document(post, send, "--dry-run")
    assert told["held"] is True
    assert (told["hold"]["by"], told["hold"]["reason"]) == ("王芳", "口径待确认")
    assert datetime.fromisoformat(told["hold"]["since"]).tzinfo is not None
    assert document(post, send)["hold"] == told["hold"]


def test_one_delivery_is_told_in_words(post: Post, mailing: int) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk(to_recipient=lambda _address: "550 5.1.1 no such user")
    with MailServer(clerk, port=mailing):
        run(post, send)
    shown = run(post, deliveries, new.id).stdout.splitlines()
    for line in (
        f"寄送：{new.id}",
        "状态：被拒收",
        "种类：通报",
        f"主题：监测通报 {new.id}",
        "地区：360100",
        "角色：bureau",
        f"收件地址：{NANCHANG}",
        f"信件：outbox/{new.file_name}",
        f"Message-ID：{new.message_id}",
        "已试次数：1",
    ):
        assert line in shown
    assert shown[-1].endswith("第 1 次  对方拒收  550 5.1.1 no such user")
    in_english = run(post, deliveries, new.id, language="en").stdout
    assert "state: refused\nkind: bulletin\n" in in_english
    assert "try 1  begun\n" in in_english
    assert document(post, deliveries, new.id)["deliveries"][0]["subject"] == f"监测通报 {new.id}"
    (post.home.outbox / new.file_name).unlink()
    gone = run(post, deliveries, new.id).stdout
    assert "主题：信件不在或内容已变" in gone
    assert f"outbox/{new.file_name}（不在）" in gone


def test_every_code_has_words() -> None:
    assert STATES.keys() == {state.value for state in State}
    assert set(get_args(StepName)) | {"again", "settled", "bounced", "delayed"} == STEPS.keys()
    assert KINDS.keys() == OCCASIONS | {"digest"}
    assert SendReport().counts().keys() <= COUNTS.keys()


def test_a_letter_sent_again_goes_to_where_its_desk_is_now(
    post: Post, mailing: int, tmp_path: Path
) -> None:
    new = post.add(NANCHANG)
    by = ("--again", new.id, "--by", "王芳")
    refuse = Clerk(to_recipient=lambda _address: "550 5.1.1 no such user")
    with MailServer(refuse, port=mailing):
        run(post, send)
        # The address still stands in the book: it is tried again as it is.
        ran = run(post, deliveries, *by, config=recipients(tmp_path, NANCHANG))
        assert "原地址" in ran.stderr
        assert run(post, send).exit_code == 1
    assert post.row(new).recipient == NANCHANG
    moved = recipients(tmp_path, "liu.min@nanchang.example.cn")
    ran = run(post, deliveries, *by, config=moved)
    assert "改寄 liu.min@nanchang.example.cn" in ran.stderr
    row = post.row(new)
    assert (row.state, row.recipient) == (State.WAITING, "liu.min@nanchang.example.cn")
    assert post.outbox == [row.file_name] != [new.file_name]
    taking = Clerk()
    with MailServer(taking, port=mailing):
        assert run(post, send).exit_code == 0
    ((recipient, letter),) = taking.taken
    assert recipient == "liu.min@nanchang.example.cn"
    assert b"liu.min@nanchang.example.cn" in letter
    assert NANCHANG.encode() not in letter
    assert new.message_id.encode() in letter
    assert post.row(new).state is State.SENT


def test_what_needs_a_person_ends_with_one(post: Post, mailing: int) -> None:
    post.add_many([NANCHANG, JIUJIANG])
    refuse = Clerk(to_recipient=lambda _address: "550 5.1.1 no such user")
    with MailServer(refuse, port=mailing):
        ran = run(post, send, "--json")
        assert ran.exit_code == 1
        told = json.loads(ran.stdout)
        assert (told["deliveries"]["refused"], len(told["faults"])) == (2, 2)
        assert run(post, send).exit_code == 0
    post.add(None, "360400 2020-12-31 a1")
    with MailServer(Clerk(), port=mailing):
        assert run(post, send).exit_code == 1
    away = post.add(NANCHANG, "360100 2020-12-31 b2")
    ran = run(post, send)
    assert ran.exit_code == 1
    assert "连不上邮件服务器" in ran.stderr
    assert post.row(away).state is State.DEFERRED


def test_a_delivery_is_listed_shown_and_sent_again(post: Post, mailing: int) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk(to_recipient=lambda _address: "550 5.1.1 no such user")
    with MailServer(clerk, port=mailing):
        run(post, send)
    listed = document(post, deliveries, "--state", "refused")
    assert listed["counts"]["refused"] == 1
    assert [one["delivery"] for one in listed["deliveries"]] == [new.id]
    (one,) = document(post, deliveries, new.id)["deliveries"]
    assert [(step["event"], step["code"]) for step in one["events"]] == [
        *(("started", None), ("refused", 550))
    ]
    assert "5.1.1 no such user" in run(post, deliveries, new.id).stdout
    assert "被拒收 1" in run(post, deliveries).stdout
    (one,) = document(post, deliveries, "--again", new.id, "--by", "王芳")["deliveries"]
    assert one["state"] == "waiting"
    with MailServer(Clerk(), port=mailing):
        assert run(post, send).exit_code == 0
    assert post.row(new).state is State.SENT


def test_a_doubt_is_settled_by_name(post: Post, mailing: int) -> None:
    new = post.add(NANCHANG)
    with MailServer(Clerk(drops_after=lambda _letter: True), port=mailing):
        run(post, send)
    assert post.row(new).state is State.IN_DOUBT
    with pytest.raises(WrongUse, match="--by"):
        run(post, deliveries, "--settle", new.id, "sent")
    with pytest.raises(WrongUse, match="sent 或 again"):
        run(post, deliveries, "--settle", new.id, "maybe", "--by", "王芳")
    run(post, deliveries, "--settle", new.id, "sent", "--by", "王芳")
    assert post.row(new).state is State.SENT
    with pytest.raises(WrongUse, match="不能这样处理"):
        run(post, deliveries, "--settle", new.id, "sent", "--by", "王芳")
    with pytest.raises(WrongUse, match="没有寄送"):
        run(post, deliveries, "D0000000000000000")
    with post.store(write=False) as store:
        (line,) = store.rows("SELECT object, detail FROM audit WHERE action = 'settle'")
    assert line[0] == new.id
    assert json.loads(line[1]) == {"by": "王芳", "was": "in_doubt", "as": "sent"}


def test_a_hold_is_one_command(post: Post) -> None:
    post.add(NANCHANG)
    assert run(post, hold).stdout == "邮件正常寄送。\n"
    with pytest.raises(WrongUse, match="--by"):
        run(post, hold, "--reason", "口径待确认")
    assert "王芳：口径待确认" in run(post, hold, "--reason", "口径待确认", "--by", "王芳").stdout
    assert "王芳：口径待确认" in run(post, hold, "--by", "李强").stdout
    ran = run(post, send)
    assert "暂停寄送" in ran.stderr
    assert post.states() == [State.WAITING]
    assert "恢复" in run(post, hold, "--release", "--by", "李强").stdout
    assert run(post, send).stdout == "已寄出  1\n"


def test_bounces_are_noted_from_a_mailbox(post: Post, tmp_path: Path) -> None:
    new = post.add(NANCHANG)
    run(post, send)
    box = kept(tmp_path / "box", returned(new.message_id), returned())
    told = document(post, bounces, box)
    assert told["bounces"] == [
        {"delivery": new.id, "status": "5.1.1", "state": "bounced", "new": True}
    ]
    assert (told["letters"], told["unknown"]) == (2, 1)
    assert document(post, bounces, box)["bounces"][0]["new"] is False
    assert "（已登记）" in run(post, bounces, box).stdout
