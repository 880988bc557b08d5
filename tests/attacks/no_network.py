"""A program that dies where it, or any process that it starts, opens a socket for a network.

``python -m tests.attacks.no_network MODULE ARGUMENT...`` runs ``python -m MODULE ARGUMENT...`` behind a filter of the
kernel (seccomp; no special right is needed): a socket of another family than AF_UNIX ends the process with SIGSYS. So
native code is caught, too, and a look-up of a name, which needs a socket to ask. Linux on x86-64 and ARM alone.
"""

from __future__ import annotations

import ctypes
import os
import platform
import runpy
import struct
import sys

KILLED = 31  # SIGSYS, by which a process ends that opened a socket
SOCKET_CALLS = {"x86_64": 41, "aarch64": 198}  # the number of socket(2)
AF_UNIX = 1

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF: load a word, compare with it, be done
_NUMBER, _FIRST_ARGUMENT = 0, 16  # where they stand in what the filter is given
_KILL, _ALLOW = 0x8000_0000, 0x7FFF_0000
_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def possible() -> bool:
    """Whether this machine can do so."""
    return sys.platform == "linux" and platform.machine() in SOCKET_CALLS


def shut() -> None:
    """From now on this process and its children open no socket, and there is no way back.

    Raises:
        OSError: the kernel refuses.
    """
    steps = (
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 0, 3, SOCKET_CALLS[platform.machine()]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, AF_UNIX),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
    )
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for call in ((_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    shut()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
