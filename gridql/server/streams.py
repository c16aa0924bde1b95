"""GraphQL over WebSocket: the handler of `graphql-transport-ws`.

The server sends no `ping` messages of its own: uvicorn pings every socket with WebSocket's own
frames (`ws_ping_interval`), which every browser and library answers by itself and which find a dead
peer as well; a client that wants to measure sends `ping` and gets its `pong`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import (
    WebSocket,
    WebSocketDisconnect,
    WebSocketDisconnected,
    WebSocketState,
)

from gridql.errors import Text
from gridql.graph.following import Take
from gridql.server import messages, negotiation
from gridql.server.auth import NotIdentified, identify
from gridql.server.messages import CloseCode, Violation
from gridql.server.operations import Series
from gridql.server.parts import parts_of
from gridql.server.protocols import wire
from gridql.server.refusals import BadRequest, error
from gridql.server.requests import check_values

log = logging.getLogger("gridql.server")

INIT_TIMEOUT_S = 15.0

PATIENCE_S = 15.0
"""So long a client may take nothing of what is sent to it: uvicorn would take longer to find it
dead, and would not say what to do."""

MAX_OPERATIONS = 100

_ANSWERS_IN_A_ROW = 4
"""Sending does not wait while the buffer has room: then a stream must leave others their turn."""

_TOO_SLOW = "Too slow: resume with the cursor of the last event"

_TOO_MANY: Text = {
    "zh": "一个连接上同时进行的操作过多。",
    "en": "Too many operations are under way on this socket.",
}


class StreamsEndpoint:
    """The ASGI application at `/graphql` for WebSockets."""

    def __init__(
        self,
        *,
        init_timeout_s: float = INIT_TIMEOUT_S,
        patience_s: float = PATIENCE_S,
        max_operations: int = MAX_OPERATIONS,
    ) -> None:
        self.init_timeout_s = init_timeout_s
        self.patience_s = patience_s
        self.max_operations = max_operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        if messages.PROTOCOL not in scope["subprotocols"]:
            # Only an accepted socket can be closed with a code that the client gets to see.
            await socket.accept()
            reason = f"Subprotocol not acceptable: offer {messages.PROTOCOL}"
            await socket.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, reason)
            return
        await socket.accept(subprotocol=messages.PROTOCOL)
        await _Conversation(socket, self).hold()


class _Conversation:
    """One accepted socket, from connection_init to its end."""

    def __init__(self, socket: WebSocket, limits: StreamsEndpoint) -> None:
        self._socket = socket
        self._limits = limits
        self._parts = parts_of(socket.scope)
        self._request_id: str = socket.scope["state"]["request_id"]
        self._lang = negotiation.language(socket.headers.get("accept-language", ""))
        self._authorization: str | None = socket.headers.get("authorization")
        self._sending = asyncio.Lock()
        self._active: dict[str, asyncio.Task[None]] = {}
        # Everything still running, also what the client has completed but has not wound up yet.
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = 0

    async def hold(self) -> None:
        """Talk until either side ends it; nothing that was started outlives this."""
        end: Violation | None = None
        try:
            await self._talk()
        except WebSocketDisconnect:
            pass
        except Violation as violation:
            end = violation
        except Exception:  # a bug: the socket is closed with a code, and what it runs is stopped
            log.exception("request %s: the socket's handler failed", self._request_id)
            end = Violation(CloseCode.INTERNAL, f"Internal error, request {self._request_id}")
        finally:
            await self._stop_all()
        if end is not None:
            with suppress(WebSocketDisconnect):  # the client may be faster
                await self._socket.close(end.code, end.reason)

    async def _talk(self) -> None:
        try:
            async with asyncio.timeout(self._limits.init_timeout_s):
                init = await self._receive_init()
        except TimeoutError as cause:
            reason = "Connection initialisation timeout"
            raise Violation(CloseCode.INITIALISATION_TIMEOUT, reason) from cause
        await self._identify(init)
        await self._send(messages.connection_ack())
        while True:
            match await self._receive():
                case messages.Subscribe() as message:
                    await self._subscribe(message)
                case messages.Complete(operation_id):
                    task = self._active.pop(operation_id, None)
                    if task is not None:
                        task.cancel()
                case messages.ConnectionInit():
                    reason = "Too many initialisation requests"
                    raise Violation(CloseCode.TOO_MANY_INITIALISATIONS, reason)
                case messages.Ping(payload):
                    await self._send(messages.pong(payload))
                case messages.Pong():
                    pass

    async def _receive_init(self) -> messages.ConnectionInit:
        while True:
            match await self._receive():
                case messages.ConnectionInit() as init:
                    return init
                case messages.Subscribe():
                    raise Violation(CloseCode.UNAUTHORIZED, "Unauthorized")
                case messages.Ping(payload):
                    await self._send(messages.pong(payload))
                case messages.Complete() | messages.Pong():
                    pass

    async def _identify(self, init: messages.ConnectionInit) -> None:
        given = init.payload.get("authorization", init.payload.get("Authorization"))
        if given is not None and not isinstance(given, str):
            raise Violation(CloseCode.FORBIDDEN, "Forbidden: authorization must be a string")
        self._authorization = given or self._authorization
        try:
            await identify(self._parts.actors, self._authorization)
        except NotIdentified as cause:
            reason = f"Forbidden: {cause.text[self._lang]}"
            raise Violation(CloseCode.FORBIDDEN, reason) from cause

    async def _subscribe(self, message: messages.Subscribe) -> None:
        if message.id in self._active:
            reason = f"Subscriber for {message.id} already exists"
            raise Violation(CloseCode.SUBSCRIBER_EXISTS, reason)
        if len(self._tasks) >= self._limits.max_operations:
            await self._refuse(message.id, "TOO_MANY_OPERATIONS", _TOO_MANY)
            return
        try:
            check_values(message.request)
        except BadRequest as fault:
            await self._refuse(message.id, fault.code, fault.text)
            return
        self._started += 1
        request_id = f"{self._request_id}.{self._started}"
        task = asyncio.create_task(self._run(message, request_id), name=request_id)
        self._active[message.id] = task
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _run(self, message: messages.Subscribe, request_id: str) -> None:
        """Send the operation's answers; the last of them gives its id free."""
        this = asyncio.current_task()
        sent = 0
        series = Series(self._parts, message.request, self._authorization, self._lang, request_id)
        try:
            async with aclosing(series.answers(self._take(message.id))) as told:
                async for answer in told:
                    if answer.kind == "error":
                        self._release(message.id, this)
                        await self._send(messages.answer(message.id, "error", answer.payload))
                        return
                    await self._send(messages.answer(message.id, "next", answer.payload))
                    sent += 1
                    if sent % _ANSWERS_IN_A_ROW == 0:
                        await asyncio.sleep(0)
            self._release(message.id, this)
            await self._send(messages.complete(message.id))
        except WebSocketDisconnect:
            pass  # the receiving side notices too, and stops everything
        finally:
            self._release(message.id, this)

    def _take(self, operation_id: str) -> Take | None:
        """How an event of the operation is written at once, where the server underneath can."""
        found = wire(self._socket.scope)
        return found.sender(*messages.around(operation_id)) if found is not None else None

    def _release(self, operation_id: str, task: asyncio.Task[None] | None) -> None:
        # The client may have completed it and begun another under the same id.
        if self._active.get(operation_id) is task:
            del self._active[operation_id]

    async def _refuse(self, operation_id: str, code: str, text: Text) -> None:
        errors = orjson.dumps([error(code, text[self._lang])])
        await self._send(messages.answer(operation_id, "error", errors))

    async def _receive(self) -> messages.ClientMessage:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005), event.get("reason"))
        text = event.get("text")
        if text is None:
            raise Violation(CloseCode.BAD_MESSAGE, "Messages are text frames, not binary ones")
        return messages.read(text)

    async def _send(self, text: str) -> None:
        # One at a time: when a full buffer drains, those who wait must not all fill it again.
        async with self._sending:
            if self._socket.application_state is WebSocketState.DISCONNECTED:
                raise WebSocketDisconnect(reason="closed while this waited to be sent")
            try:
                async with asyncio.timeout(self._limits.patience_s):
                    await self._socket.send_text(text)
            except WebSocketDisconnected as cause:
                raise WebSocketDisconnect(reason="gone while it was being sent to") from cause
            except TimeoutError as cause:
                # Its place in the journal is all that it needs to go on from: nothing is kept.
                await self._socket.close(CloseCode.TRY_AGAIN_LATER, _TOO_SLOW)
                raise WebSocketDisconnect(CloseCode.TRY_AGAIN_LATER, _TOO_SLOW) from cause

    async def _stop_all(self) -> None:
        running = list(self._tasks)
        for task in running:
            task.cancel()
        # Mutations take until they are done; the server's limit for shutting down is theirs.
        await asyncio.gather(*running, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (broken := task.exception()) is not None:
            log.error("request %s: an operation broke", task.get_name(), exc_info=broken)
