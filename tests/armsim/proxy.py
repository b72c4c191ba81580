"""The proxy through which a machine in Azure meets the hosts of tests/armsim/identity.py, and no other one."""

import asyncio
from dataclasses import dataclass, field

from tests.armsim.identity import LOGIN

_HEAD_END = b'\r\n\r\n'
_TUNNELLED = f'{LOGIN}:443'
_CHUNK = 64 * 1024


@dataclass
class Proxy:
    """An HTTP proxy on loopback in front of two ports of the simulator: the one with TLS, and the plain one."""

    secure_port: int
    plain_port: int
    server: asyncio.Server | None = None
    serving: set[asyncio.Task] = field(default_factory=set)

    async def start(self) -> str:
        """Listen on a free port; the URL."""
        self.server = await asyncio.start_server(self._serve, '127.0.0.1', 0)
        return f'http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}'

    async def stop(self) -> None:
        """Listen no more, and drop what is open."""
        self.server.close()
        for task in self.serving:
            task.cancel()
        await asyncio.gather(*self.serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        try:
            head = await reader.readuntil(_HEAD_END)
            method, target = head.decode('latin-1').split(' ')[:2]
            if method != 'CONNECT':
                await self._join(reader, writer, self.plain_port, head)
            elif target == _TUNNELLED:
                writer.write(b'HTTP/1.1 200 Connection established' + _HEAD_END)
                await self._join(reader, writer, self.secure_port)
            else:
                writer.write(f'HTTP/1.1 501 The simulator does not know {target}'.encode() + _HEAD_END)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # A client that goes away, or the end.
        finally:
            writer.close()

    async def _join(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, head: bytes = b''
    ) -> None:
        far_reader, far_writer = await asyncio.open_connection('127.0.0.1', port)
        far_writer.write(head)
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
