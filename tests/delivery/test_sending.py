"""Letters reach a real mail server once, and every answer of it is respected."""

from __future__ import annotations

import pytest

from monitor.settings import MailSettings
from monitor.store.deliveries import State

from .conftest import GANZHOU, JIUJIANG, NANCHANG, Post
from .mail_server import Clerk, MailServer

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def by_mail(port: int, **given: object) -> MailSettings:
    said = {"transport": "smtp", "host": "127.0.0.1", "port": port, "security": "none"}
    return MailSettings.model_validate(said | {"letters_per_minute": 6000} | given)


def test_letters_arrive_as_they_lay_in_the_outbox(post: Post) -> None:
    new = post.add_many([NANCHANG, JIUJIANG])
    content = {one.recipient: (post.home.outbox / one.file_name).read_bytes() for one in new}
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port))
    assert (report.sent, report.left, report.is_well) == (2, 0, True)
    assert dict(clerk.taken) == content
    assert clerk.connections == 1
    assert post.states() == [State.SENT, State.SENT]
    assert post.outbox == []
    assert post.sent == sorted(one.file_name for one in new)
    assert [(told["event"], told["code"]) for told in post.told] == [("letter_sent", 250)] * 2
