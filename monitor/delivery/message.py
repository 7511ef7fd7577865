"""A bulletin as a letter: the same bulletin to the same recipient is the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from monitor.bulletins.render import RenderedBulletin


def build_message(
    rendered: RenderedBulletin,
    *,
    sender: Address,
    recipient: Address,
    message_id: str,
    date: datetime,
    headers: Mapping[str, str],
) -> bytes:
    """Write the letter, plain text first and HTML beside it, with CRLF line ends.

    `date` carries its zone. A header value with a line break raises ValueError: nothing that a
    data file holds can add a header.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = rendered.subject
    message["Date"] = date
    message["Message-ID"] = message_id
    # RFC 3834: an automatic letter, so that no absence notice answers it.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        message[name] = value
    message.set_content(rendered.text, cte="base64")
    message.add_alternative(rendered.html, subtype="html", cte="base64")
    # set_content drops Content-* headers, so the language is told after it.
    for part in message.iter_parts():
        part["Content-Language"] = rendered.language_tag
    digest = hashlib.sha256(message_id.encode()).hexdigest()
    message.set_boundary(f"=_fleetmon_{digest[:24]}")
    return message.as_bytes()
