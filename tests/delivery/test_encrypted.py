"""Encryption is verified, and a password never goes where it could be read."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from monitor.delivery.smtp_session import check_server
from monitor.delivery.transport import WayBlocked
from monitor.errors import WrongUse
from monitor.settings import MailSettings
from monitor.store.deliveries import State

from .conftest import NANCHANG, Post, by_mail
from .mail_server import Clerk, MailServer, free_port

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    # The test's own server, which knows encryption only if it was asked for by STARTTLS.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]

PASSWORD = "Chunfeng-2021-xin"  # noqa: S105  # for the server of these tests


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def certified(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_letters_go_encrypted_and_with_a_login(
    post: Post, authority: trustme.CA, ca_file: Path, tmp_path: Path, security: str
) -> None:
    new = post.add(NANCHANG)
    clerk = Clerk()
    (tmp_path / "password").write_text(PASSWORD + "\n")
    context = certified(authority)
    given = {"tls": context} if security == "tls" else {"starttls": context}
    with MailServer(clerk, password=PASSWORD, **given) as server:  # type: ignore[arg-type]
        mail = by_mail(
            server.port,
            security=security,
            ca_file=ca_file,
            user="bulletin",
            password_file=tmp_path / "password",
        )
        check_server(mail)
        assert post.send(mail).sent == 1
    assert clerk.logins == [("bulletin", True)] * 2
    assert post.row(new).state is State.SENT


def test_a_wrong_password_costs_no_letter_and_is_not_told(
    post: Post, authority: trustme.CA, ca_file: Path
) -> None:
    post.add(NANCHANG)
    clerk = Clerk()
    with MailServer(clerk, password=PASSWORD, starttls=certified(authority)) as server:
        mail = by_mail(
            server.port,
            security="starttls",
            ca_file=ca_file,
            user="bulletin",
            password="Qiutian-2020",  # noqa: S106  # the wrong one
        )
        report = post.send(mail)
    assert clerk.logins
    assert (report.refused, clerk.taken) == (0, [])
    assert "拒绝登录" in report.faults[0].zh
    assert "Qiutian" not in f"{report} {post.told} {mail!r}"
    assert post.states() == [State.DEFERRED]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown authority", "other name"])
def test_a_certificate_that_cannot_be_verified_stops_everything(
    post: Post, authority: trustme.CA, ca_file: Path, security: str, fault: str
) -> None:
    post.add(NANCHANG)
    clerk = Clerk()
    context = (
        certified(trustme.CA())
        if fault == "unknown authority"
        else certified(authority, "mail.example.cn")
    )
    given = {"tls": context} if security == "tls" else {"starttls": context}
    with MailServer(clerk, **given) as server:  # type: ignore[arg-type]
        report = post.send(by_mail(server.port, security=security, ca_file=ca_file))
    assert clerk.taken == []
    assert "证书未通过验证" in report.faults[0].zh


def test_a_server_without_starttls_gets_no_letter(post: Post, ca_file: Path) -> None:
    post.add(NANCHANG)
    clerk = Clerk()
    with MailServer(clerk) as server:
        report = post.send(by_mail(server.port, security="starttls", ca_file=ca_file))
    assert clerk.taken == []
    assert "STARTTLS" in report.faults[0].zh


@pytest.mark.parametrize(
    "given",
    [
        {"security": "none", "user": "bulletin", "password": PASSWORD},
        {"security": "tls", "user": "bulletin"},
        {"security": "tls", "user": "bulletin", "password_file": "gone"},
        {"security": "tls", "ca_file": "gone.pem"},
    ],
    ids=["plain", "no password", "no file", "no authority"],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_sent(
    post: Post, tmp_path: Path, given: dict[str, str]
) -> None:
    post.add(NANCHANG)
    named = {k: tmp_path / v if k.endswith("file") else v for k, v in given.items()}
    mail = by_mail(free_port(), **named)
    with pytest.raises(WrongUse) as refused:
        post.send(mail)
    assert PASSWORD not in str(refused.value)
    assert post.states() == [State.WAITING]


def test_a_check_says_why_a_server_cannot_be_used() -> None:
    with pytest.raises(WayBlocked, match="连不上邮件服务器"):
        check_server(MailSettings(host="127.0.0.1", port=free_port(), security="none"))
