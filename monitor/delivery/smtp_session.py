"""A connection to the bureau's mail server: reached, encrypted, logged in; or words that say why
not.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import Final

from monitor.delivery.transport import WayBlocked
from monitor.errors import Cause, WrongUse
from monitor.model import Text
from monitor.settings import MailSettings

# RFC 5321 4.1.3: who has no name of its own gives an address.
_NAMELESS: Final = "[127.0.0.1]"


class MailServer:
    """The server of the settings."""

    def __init__(self, mail: MailSettings) -> None:
        """Raises `WrongUse` where the settings cannot work."""
        self.mail = mail
        self._password = _password(mail)
        self._context = _context(mail) if mail.security != "none" else None

    def connect(self) -> smtplib.SMTP:
        """A connection ready for letters. Raises `WayBlocked` where there can be none now."""
        mail = self.mail
        smtp: smtplib.SMTP | None = None
        name = socket.gethostname()
        own = name if "." in name else _NAMELESS
        try:
            if mail.security == "tls":
                smtp = smtplib.SMTP_SSL(
                    mail.host,
                    mail.port,
                    local_hostname=own,
                    timeout=mail.timeout_seconds,
                    context=self._context,
                )
            else:
                smtp = smtplib.SMTP(
                    mail.host, mail.port, local_hostname=own, timeout=mail.timeout_seconds
                )
            smtp.ehlo_or_helo_if_needed()
            if mail.security == "starttls":
                smtp.starttls(context=self._context)
                smtp.ehlo_or_helo_if_needed()
            if mail.user is not None and self._password is not None:
                smtp.login(mail.user, self._password)
        except (smtplib.SMTPException, OSError) as error:
            if smtp is not None:
                smtp.close()
            # Without its cause: what a server says to a login may hold the name or the password.
            raise WayBlocked(_why(mail, error), Cause.MAIL_DOWN) from None
        return smtp


def check_server(mail: MailSettings) -> None:
    """Reach the server, log in and say goodbye; raises `WayBlocked` or `WrongUse` with words."""
    with MailServer(mail).connect():
        pass


def sender_refused(mail: MailSettings, code: int) -> WayBlocked:
    """Words for a server that takes no letters from our address, whoever they are for."""
    return WayBlocked(
        Text(
            f"邮件服务器 {mail.host}:{mail.port} 不接受本系统的发件地址（{code}）。"
            "请检查 data/recipients.yml 中的发件人与 mail.user 的权限；信件均保留。",
            f"The mail server {mail.host}:{mail.port} takes nothing from our sender's address "
            f"({code}). Check the sender in data/recipients.yml and the rights of mail.user; "
            "all letters are kept.",
        )
    )


def _why(mail: MailSettings, error: Exception) -> Text:
    where = f"{mail.host}:{mail.port}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Text(
            f"邮件服务器 {where} 拒绝登录（{error.smtp_code}）。请检查 mail.user 与密码。",
            f"The mail server {where} refuses the login ({error.smtp_code}). Check mail.user and "
            "the password.",
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Text(
            f"邮件服务器 {where} 不提供所需的 STARTTLS 或登录方式。请检查 mail.security 与端口。",
            f"The mail server {where} does not offer STARTTLS or the login that is wanted. Check "
            "mail.security and the port.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Text(
            f"邮件服务器 {where} 的证书未通过验证（{error.verify_message}）。"
            "如为单位自签证书，请在 mail.ca_file 中给出签发它的 CA。",
            f"The certificate of {where} cannot be verified ({error.verify_message}). If it is "
            "the bureau's own, name its authority in mail.ca_file.",
        )
    if isinstance(error, ssl.SSLError):
        return Text(
            f"与 {where} 的加密连接失败（{error.reason}）。请检查 mail.security 与端口是否相符。",
            f"Encryption with {where} fails ({error.reason}). Check that mail.security fits the "
            "port.",
        )
    code = getattr(error, "smtp_code", None)
    said = str(code) if code is not None else type(error).__name__
    return Text(
        f"连不上邮件服务器 {where}（{said}）。请检查地址、端口与网络；信件均保留，稍后再试。",
        f"Cannot speak to the mail server {where} ({said}). Check host, port and network; all "
        "letters are kept and tried again later.",
    )


def _password(mail: MailSettings) -> str | None:
    if mail.user is None:
        return None
    if mail.security == "none":
        raise WrongUse(
            Text(
                "mail.user 已设置而 mail.security 为 none：密码不经明文连接发送。"
                "请设为 starttls 或 tls。",
                "mail.user is set and mail.security is none: a password never goes over a plain "
                "connection. Set starttls or tls.",
            )
        )
    if mail.password is not None:
        return mail.password.get_secret_value()
    if mail.password_file is None:
        raise WrongUse(
            Text(
                "mail.user 已设置，但没有 mail.password 或 mail.password_file。请补上其一。",
                "mail.user is set, but neither mail.password nor mail.password_file. Give one.",
            )
        )
    try:
        return mail.password_file.read_text("utf-8").strip("\r\n")
    except (OSError, ValueError) as error:
        raise WrongUse(
            Text(
                f"读不到密码文件 {mail.password_file}（{type(error).__name__}）。"
                "请检查路径与权限。",
                f"Cannot read {mail.password_file} ({type(error).__name__}). Check its path and "
                "rights.",
            )
        ) from None


def _context(mail: MailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=mail.ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise WrongUse(
            Text(
                f"mail.ca_file {mail.ca_file} 不能用作 CA 证书（{type(error).__name__}）。"
                "请给出 PEM 格式的文件。",
                f"mail.ca_file {mail.ca_file} holds no certificate ({type(error).__name__}). "
                "Give a file in PEM.",
            )
        ) from None
