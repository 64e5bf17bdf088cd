"""The sockets that the server listens on."""

import socket

from uvicorn import Config

#: connections taken in a turn of the loop; libuv takes one of each socket, and a phone would stand behind all who came before
EACH_TURN = 16


def listen(config: Config) -> list[socket.socket]:
    """One socket, bound to the address of the configuration, so many times over. Ends the process where that is not free."""
    first = config.bind_socket()
    return [first, *(first.dup() for _ in range(EACH_TURN - 1))]
