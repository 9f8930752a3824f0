"""Runs a program in a pseudo-terminal.

usage: pty.py COLUMNS ROWS COMMAND [ARGUMENT...]
fd 0 takes what is typed, one JSON string a line: each is given to the program on its own, when it has read the one before,
as from a person; on a busy machine several lines would else come in one read, which is what a paste looks like.
fd 1 gives what the program writes.
fd 3 takes orders, one a line: "resize COLUMNS ROWS", "signal NUMBER" (to the program), "hangup" (the signal alone), "close" (the terminal
is gone: reads and writes of the program fail).
fd 4 gives reports, one JSON object a line: {"pid", "at"} (seconds since the epoch), then {"code", "signal", "sane", "changed"}
(sane: the line settings, stty, are at the end as they were at the start).
"""
import collections
import errno
import fcntl
import json
import os
import selectors
import signal
import struct
import sys
import termios
import time

PAUSE = 0.005  # seconds between two looks whether the program has read what was typed; the kernel hands it over within that
LIMIT = 65536  # bytes held back when the reader is slow; after that the program blocks as on a slow terminal

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
orders, reports = 3, 4


def report(values):
    os.write(reports, (json.dumps(values) + "\n").encode())


def set_size(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


master, slave = os.openpty()
set_size(slave, columns, rows)
before = termios.tcgetattr(slave)

started = time.time()
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.closerange(3, 256)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)

report({"pid": child, "at": started})
for fd in (0, 1, master, orders):
    os.set_blocking(fd, False)

# A signal byte in a pipe wakes the selector when the program ends.
wake_read, wake_write = os.pipe()
os.set_blocking(wake_read, False)
os.set_blocking(wake_write, False)
signal.set_wakeup_fd(wake_write)
signal.signal(signal.SIGCHLD, lambda *_: None)

selector = selectors.DefaultSelector()
watched = {}


def watch(fd, events):
    """Changes what the selector waits for on a descriptor."""
    if watched.get(fd, 0) == events:
        return
    if fd in watched:
        selector.unregister(fd)
        del watched[fd]
    if events:
        selector.register(fd, events)
        watched[fd] = events


def read(fd):
    """Bytes, b"" at the end, None when there is nothing now."""
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return None
    except OSError as error:
        if error.errno == errno.EIO:
            return b""
        raise


def write(fd, data):
    """What could not be written yet."""
    try:
        return data[os.write(fd, data):]
    except BlockingIOError:
        return data
    except (BrokenPipeError, OSError):
        return b""


def is_read():
    """Whether the program has taken all that was typed."""
    return struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, b"\0\0\0\0"))[0] == 0


def obey(line):
    global closed
    words = line.split()
    if closed:
        if words[:1] != ["signal"]:
            return
    if words[:1] == ["resize"]:
        set_size(master, int(words[1]), int(words[2]))
    elif words[:1] == ["signal"]:
        try:
            os.kill(child, int(words[1]))
        except ProcessLookupError:
            pass
    elif words[:1] == ["hangup"]:
        try:
            os.killpg(child, signal.SIGHUP)
        except ProcessLookupError:
            pass
    elif words[:1] == ["close"]:
        closed = True
        watch(master, 0)
        os.close(master)


closed = False
# The part of what is typed that is being given, and what waits behind it.
typed, keys = b"", collections.deque()
shown, order_text, key_text = b"", b"", b""
stdin_open, status, look_at = True, None, 0.0
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
watch(wake_read, READ)
orders_open = True
while True:
    if status is None:
        pid, raw = os.waitpid(child, os.WNOHANG)
        if pid == child:
            status = raw
            after = before if closed else termios.tcgetattr(slave)
    if status is not None:
        # The program is gone: what it wrote is in the terminal's queue; take it, hand it on, end.
        while not closed:
            data = read(master)
            if not data:
                break
            shown += data
        os.set_blocking(1, True)
        while shown:
            shown = write(1, shown)
        break
    if keys and not typed and not closed and time.monotonic() >= look_at:
        look_at = time.monotonic() + PAUSE
        if is_read():
            typed = keys.popleft()
    watch(0, READ if stdin_open else 0)
    watch(orders, READ if orders_open else 0)
    watch(1, WRITE if shown else 0)
    if not closed:
        watch(master, (READ if len(shown) < LIMIT else 0) | (WRITE if typed else 0))
    waits = keys and not typed and not closed
    for key, events in selector.select(max(0, look_at - time.monotonic()) if waits else None):
        if key.fd == wake_read:
            read(wake_read)
        elif key.fd == 0:
            data = read(0)
            if data == b"":
                stdin_open = False
            elif data:
                key_text += data
                *lines, key_text = key_text.split(b"\n")
                keys.extend(json.loads(line).encode("utf-8", "replace") for line in lines)
        elif key.fd == 1:
            shown = write(1, shown)
        elif key.fd == orders:
            data = read(orders)
            if data == b"":
                # Whoever started this bridge is gone: nobody looks at the terminal any more.
                orders_open = False
                try:
                    os.killpg(child, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            elif data:
                order_text += data
                *lines, order_text = order_text.split(b"\n")
                for line in lines:
                    obey(line.decode())
        elif key.fd == master and not closed:
            if events & READ:
                data = read(master)
                if data:
                    shown += data
            if events & WRITE and typed:
                typed = write(master, typed)
                look_at = time.monotonic() + PAUSE

names = ("iflag", "oflag", "cflag", "lflag", "ispeed", "ospeed", "cc")
changed = [name for name, was, now in zip(names, before, after) if was != now]
report(
    {
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "sane": not changed,
        "changed": changed,
    }
)
