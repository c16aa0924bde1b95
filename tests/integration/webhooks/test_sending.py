"""Sending: which addresses are connected to, what counts as taken, and whose certificate holds."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from uvicorn.loops.auto import auto_loop_factory

from gridql.domain.agencies.delivery import Sent
from gridql.domain.agencies.rules import DeliveryFailure
from gridql.server.pinning import Resolver
from gridql.server.sending import LONGEST_ANSWER, Sender
from tests.receiver import Reply, receiving

HEADERS = {"webhook-id": "HazardEvent:1"}


class Names:
    """A name service of the test's own: each answer as it was written down, the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@asynccontextmanager
async def sending(resolve: Any, **options: Any) -> AsyncIterator[Callable[..., Any]]:
    """What sends a message to a URL."""
    sender = Sender(resolve, **options)

    async def send(url: str, account_id: int = 1) -> Sent:
        async with sender.turn(account_id):
            return await sender.send(url, HEADERS, b"{}")

    try:
        yield send
    finally:
        await sender.close()


def outcome(sent: Sent) -> tuple[DeliveryFailure | None, int | None]:
    return sent.failure, sent.http_status


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["10.1.2.3"],
        ["::1"],
        ["fd00:ec2::254"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        # One bad address beside a good one is enough.
        ["8.8.8.8", "127.0.0.1"],
        ["2606:4700:4700::1111", "::1"],
    ],
    ids=",".join,
)
async def test_a_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    async with receiving() as receiver, sending(Names(addresses)) as send:
        sent = await send(f"http://inside.example:{receiver.port}/hook")

        assert outcome(sent) == (DeliveryFailure.ADDRESS_REFUSED, None)
        assert receiver.messages == []


async def test_literal_addresses_are_looked_at_as_well() -> None:
    resolver = Resolver()
    async with receiving() as receiver, sending(resolver) as send:
        for host in ("127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "localhost"):
            sent = await send(f"http://{host}:{receiver.port}/hook")

            assert outcome(sent) == (DeliveryFailure.ADDRESS_REFUSED, None), host
        assert receiver.messages == []
    resolver.close()


async def test_a_name_that_answers_otherwise_the_second_time_leads_nowhere_else() -> None:
    """DNS rebinding: good when it is looked at, inside when it is connected to."""
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    async with receiving() as receiver:
        # The first answer is what is connected to: nobody listens there.
        async with sending(names, private_addresses=True) as send:
            sent = await send(f"http://rebinding.example:{receiver.port}/hook")

        assert outcome(sent) == (DeliveryFailure.UNREACHABLE, None)
        assert names.asked == ["rebinding.example"]
        assert receiver.messages == []


async def test_every_new_connection_is_looked_at_anew() -> None:
    names = Names(["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"])
    async with (
        receiving(lambda _: Reply(headers={"connection": "close"})) as receiver,
        sending(names, private_addresses=True) as send,
    ):
        for _ in range(3):
            await send(f"http://hooks.example:{receiver.port}/hook")

    assert names.asked == ["hooks.example"] * 3


async def test_a_connection_that_is_kept_is_used_again() -> None:
    names = Names(["127.0.0.1"])
    async with receiving() as receiver, sending(names, private_addresses=True) as send:
        for _ in range(3):
            await send(f"http://hooks.example:{receiver.port}/hook")

    assert len(receiver.messages) == 3
    assert names.asked == ["hooks.example"]


async def test_the_next_address_is_tried_where_the_first_takes_no_connection() -> None:
    names = Names(["127.0.0.2", "127.0.0.1"])
    async with receiving() as receiver, sending(names, private_addresses=True) as send:
        sent = await send(f"http://hooks.example:{receiver.port}/hook")

    assert outcome(sent) == (None, 204)
    assert receiver.messages[0].headers["host"] == f"hooks.example:{receiver.port}"


@pytest.mark.parametrize(
    ("reply", "failure", "status"),
    [
        (Reply(200, body=b"thanks"), None, 200),
        (Reply(299), None, 299),
        (Reply(301, {"location": "http://127.0.0.1:1/"}), DeliveryFailure.REDIRECT, 301),
        (Reply(307, {"location": "/elsewhere"}), DeliveryFailure.REDIRECT, 307),
        (Reply(400), DeliveryFailure.STATUS, 400),
        (Reply(410), DeliveryFailure.GONE, 410),
        (Reply(500), DeliveryFailure.STATUS, 500),
        (Reply(200, body=b"x" * (LONGEST_ANSWER + 1)), DeliveryFailure.TOO_LONG, 200),
        (Reply(200, body=b"x" * LONGEST_ANSWER), None, 200),
        (Reply(after_s=5), DeliveryFailure.TIMEOUT, None),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_only_2xx_is_taken(
    reply: Reply, failure: DeliveryFailure | None, status: int | None
) -> None:
    async with (
        receiving(lambda _: reply) as receiver,
        sending(Resolver(), private_addresses=True, timeout_s=0.5) as send,
    ):
        assert outcome(await send(receiver.url)) == (failure, status)

    assert [message.path for message in receiver.messages] == ["/hook"]


async def test_what_the_endpoint_says_is_kept_in_part_and_without_control_characters() -> None:
    said = b"\x1b[31mno\x00\r\n" + "忙".encode() * 300
    async with (
        receiving(lambda _: Reply(503, {"retry-after": "90"}, said)) as receiver,
        sending(Resolver(), private_addresses=True) as send,
    ):
        sent = await send(receiver.url)

    assert sent.detail == "[31mno " + "忙" * 193
    assert sent.retry_after_s == 90


async def test_nobody_there_no_such_host_and_something_that_is_no_http() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 smtp.example ESMTP\r\n")
        writer.close()
        await writer.wait_closed()

    async with receiving() as receiver:
        closed = receiver.url
    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with sending(Resolver(), private_addresses=True) as send:
        assert outcome(await send(closed)) == (DeliveryFailure.UNREACHABLE, None)
        assert outcome(await send(f"http://127.0.0.1:{port}/")) == (
            DeliveryFailure.BROKEN_OFF,
            None,
        )
    server.close()
    async with sending(Names([])) as send:
        assert outcome(await send("https://nowhere.example/")) == (DeliveryFailure.NO_ADDRESS, None)


def test_an_endpoint_that_resets_whoever_connects(caplog: pytest.LogCaptureFixture) -> None:
    async def send_to(port: int) -> set[DeliveryFailure | None]:
        async with sending(Resolver(), private_addresses=True) as send:
            sent = [await send(f"http://127.0.0.1:{port}/") for _ in range(150)]
        return {each.failure for each in sent}

    # On the loop that servers run on: it is the quicker to see that a connection is gone.
    with resetting() as port, asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        failures = runner.run(send_to(port))

    assert failures <= {DeliveryFailure.UNREACHABLE, DeliveryFailure.BROKEN_OFF}
    assert caplog.records == []


@contextmanager
def resetting() -> Iterator[int]:
    """The port of somebody who takes each connection and resets it, at once or a little later."""
    listening = socket.create_server(("127.0.0.1", 0))

    def reset_all() -> None:
        with suppress(OSError):  # until it is shut down
            for number in count():
                connection, _ = listening.accept()
                time.sleep(number % 7 / 10_000)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

    thread = threading.Thread(target=reset_all)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
        listening.close()


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with receiving() as receiver, sending(Resolver(), private_addresses=True) as send:
        assert outcome(await send(receiver.url)) == (None, 204)


async def test_so_many_at_once_and_no_more() -> None:
    async with (
        receiving(lambda _: Reply(after_s=0.05)) as receiver,
        sending(Resolver(), private_addresses=True, most_at_once=3) as send,
    ):
        await asyncio.gather(*(send(receiver.url) for _ in range(10)))

    assert len(receiver.messages) == 10
    assert receiver.most_at_once == 3


async def test_slow_endpoints_of_one_account_hold_up_no_other() -> None:
    async with (
        receiving(lambda _: Reply(after_s=0.5)) as slow,
        receiving() as quick,
        sending(Resolver(), private_addresses=True, most_at_once=4, most_of_one=3) as send,
    ):
        waiting = [asyncio.create_task(send(slow.url, 1)) for _ in range(12)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        sent = await send(quick.url, 2)
        took_s = time.monotonic() - began
        await asyncio.gather(*waiting)

    assert outcome(sent) == (None, 204)
    assert took_s < 0.4
    assert len(slow.messages) == 12
    assert slow.most_at_once == 3


async def test_names_of_one_account_that_nobody_answers_for_hold_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up = socket.getaddrinfo

    def looked_up(host: str, *rest: Any, **more: Any) -> Any:
        if host.endswith(".example"):
            time.sleep(3)
            raise socket.gaierror("timed out")
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    resolver = Resolver()
    async with (
        receiving() as receiver,
        sending(resolver, private_addresses=True, timeout_s=1) as send,
    ):
        names = (f"http://{number}.example/hook" for number in range(20))
        waiting = [asyncio.create_task(send(name, 1)) for name in names]
        await asyncio.sleep(1.2)
        sent = await send(receiver.url, 2)
        assert {outcome(each) for each in await asyncio.gather(*waiting)} == {
            (DeliveryFailure.TIMEOUT, None)
        }
    resolver.close()

    assert outcome(sent) == (None, 204)


@pytest.mark.parametrize("target", ["/hook;key=1", "/a;b/c;d?x=1;y=2", "/%3B?", "//twice", "?x=1"])
async def test_it_is_sent_to_the_url_that_was_registered(target: str) -> None:
    async with receiving() as receiver, sending(Resolver(), private_addresses=True) as send:
        await send(receiver.url.removesuffix("/hook") + target)

    [message] = receiver.messages
    assert message.path == (target if target.startswith("/") else f"/{target}")


async def test_certificates_are_checked_by_the_name_of_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = made_for("hooks.example", tmp_path)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    names = Names(["127.0.0.1"])
    async with receiving(tls=served) as receiver:
        # Given somebody whom the system does not know
        async with sending(names, private_addresses=True) as send:
            sent = await send(f"https://hooks.example:{receiver.port}/hook")
            assert outcome(sent) == (DeliveryFailure.TLS, None)

        # When it does, as an operator tells it
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with sending(names, private_addresses=True) as send:
            sent = await send(f"https://hooks.example:{receiver.port}/hook")
            assert outcome(sent) == (None, 204)
            # Then the certificate is good for that name and for no other
            sent = await send(f"https://other.example:{receiver.port}/hook")
            assert outcome(sent) == (DeliveryFailure.TLS, None)
            sent = await send(f"https://127.0.0.1:{receiver.port}/hook")
            assert outcome(sent) == (DeliveryFailure.TLS, None)

    assert len(receiver.messages) == 1


def made_for(host: str, folder: Path) -> Path:
    """A certificate that its own key has signed, and the key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
