"""A way to a server that can be cut, or swallow what goes through it while its connections stay open."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Way:
    """Listens on `port` of this machine and passes on to `target`; from any thread."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.passed = 0
        self._target = target
        self._frozen = False
        self._swallowing: set[asyncio.StreamWriter] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()

    def freeze(self, later: bool = True) -> None:
        """Swallow what the open connections say, for ever; and, with `later`, what new ones say."""

        def now() -> None:
            self._swallowing |= self._writers
            self._frozen = later

        self._do(now)

    def thaw(self) -> None:
        """Pass on what new connections say."""
        self._frozen = False

    def cut(self) -> None:
        """End the open connections."""
        self._do(lambda: [writer.transport.abort() for writer in self._writers])

    def close(self) -> None:
        """Listen no more: new connections are refused."""
        self._do(lambda: self._server.close())

    def open(self) -> None:
        """Listen again, at the same port."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)

    def _do(self, work: object) -> None:
        async def doing() -> None:
            work()  # type: ignore[operator]

        asyncio.run_coroutine_threadsafe(doing(), self._loop).result(5)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        started.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._frozen:
            self._swallowing.add(writer)
            while await reader.read(1 << 16):
                pass
            return
        there, onward = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, onward}
        self.passed += 1
        await asyncio.gather(self._pass(reader, onward), self._pass(there, writer))
        self._writers -= {writer, onward}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1 << 16):
                if writer not in self._swallowing:
                    writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()


@contextmanager
def way_to(port: int) -> Iterator[Way]:
    """While this is open."""
    way, started = Way(port), threading.Event()
    thread = threading.Thread(target=way._run, args=(started,), daemon=True)
    thread.start()
    started.wait(5)
    try:
        yield way
    finally:
        way._loop.call_soon_threadsafe(way._loop.stop)
        thread.join(5)
