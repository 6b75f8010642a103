"""The report as mail: a file to be sent by anything, and sending it by SMTP when configured."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import cast

from signals.batch.config import Delivery
from signals.errors import ConfigError

_PATIENCE = 30.0  # seconds for one answer of the server


class NotReadyError(OSError):
    """The server can't be reached, or takes no mail of ours."""


class UncertainError(OSError):
    """A mail was handed over, and nobody said whether it was taken."""


def mail_bytes(
    subject: str, *, text: str, html: str, figures: Sequence[tuple[str, bytes]]
) -> bytes:
    """Write a report as a mail that holds its figures; the same report gives the same bytes.

    Parameters
    ----------
    subject
        One line.
    text, html
        The report twice; the HTML refers to the figures as ``cid:`` and their name.
    figures
        Name and PNG.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = " ".join(subject.split())
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    page = cast("list[EmailMessage]", message.get_payload())[1]
    for name, png in figures:
        page.add_related(png, "image", "png", cid=f"<{name}>", filename=f"{name}.png")
    # Boundaries are random unless they are given.
    for place, part in enumerate(one for one in message.walk() if one.is_multipart()):
        part.set_boundary(f"=_signals_{place}_=")
    return message.as_bytes()


def send(
    content: bytes, delivery: Delivery, *, to: Sequence[str], now: datetime, note: str
) -> dict[str, str]:
    """Send a written report; give the recipients that the server refused, with its words.

    ``note`` is put before its subject.

    Raises
    ------
    ConfigError
        A variable that should hold a secret is not set.
    NotReadyError
        The server can't be reached, or doesn't know us.
    UncertainError
        The server was given the mail, and didn't say whether it took it.
    OSError
        It refuses this mail (``smtplib.SMTPException`` is one).
    """
    message = message_from_bytes(content, policy=policy.SMTP)
    message.replace_header("Subject", f"{note}{message['Subject']}")
    message["From"] = delivery.sender
    message["To"] = ", ".join(to)
    message["Date"] = format_datetime(now)
    secrets = []
    for name in filter(None, (delivery.user_env, delivery.password_env)):
        if name not in os.environ:
            raise ConfigError(f"delivery: the environment has no variable {name}.")
        secrets.append(os.environ[name])
    with ExitStack() as stack:
        try:
            server = _connect(delivery)
            stack.callback(_leave, server)
            if delivery.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if len(secrets) == 2:
                server.login(secrets[0], secrets[1])
            server.ehlo_or_helo_if_needed()
        except OSError as error:
            raise NotReadyError(str(error)) from error
        return _hand_over(server, delivery.sender, to, message.as_bytes())


def _connect(delivery: Delivery) -> smtplib.SMTP:
    if delivery.security != "tls":
        return smtplib.SMTP(delivery.host, delivery.port, timeout=_PATIENCE)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(delivery.host, delivery.port, timeout=_PATIENCE, context=context)


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError):  # what was said before counts, however the goodbye goes
        server.quit()
    server.close()


def _hand_over(
    server: smtplib.SMTP, sender: str, to: Sequence[str], content: bytes
) -> dict[str, str]:
    """Do what ``SMTP.sendmail`` does, and know from where on a mail may have been taken."""
    _expect(server.mail(sender), 250)
    answers = {one: server.rcpt(one) for one in to}
    refused = {one: _words(answer) for one, answer in answers.items() if answer[0] // 10 != 25}
    if len(refused) == len(answers):
        return refused
    _expect(server.docmd("DATA"), 354)
    try:
        server.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        answer = server.getreply()
    except OSError as error:
        raise UncertainError(f"The server didn't say whether it took the mail: {error}") from error
    _expect(answer, 250)
    return refused


def _expect(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPException(_words(answer))


def _words(answer: tuple[int, bytes]) -> str:
    return f"{answer[0]} {answer[1].decode(errors='replace')}"
