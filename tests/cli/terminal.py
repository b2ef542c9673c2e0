"""A command on a terminal of its own: a person's view, with width, colours and Ctrl-C."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios

from tests.serving.processes import COMMAND, clean_environment


class Terminal:
    """Runs a command on a pseudo terminal of `width` columns."""

    def __init__(self, *words: str, width: int = 80, **environment: str) -> None:
        self.seen = b""
        env = clean_environment(TERM="xterm-256color", **environment)
        self._screen, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        self._process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=end,
            stdout=end,
            stderr=end,
            env=env,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,
        )
        os.close(end)

    def until(self, text: str) -> None:
        """Read until this has been shown."""
        while text.encode() not in self.seen:
            if not self._read():
                raise AssertionError(f"{text!r} was not shown:\n{self.text}")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._screen)
        return self._process.wait(30)

    def close(self) -> None:
        """Whatever the test came to, leave no process."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            os.close(self._screen)

    @property
    def text(self) -> str:
        """All that was shown, control sequences included."""
        return self.seen.decode("utf-8", "replace")

    def _read(self) -> bool:
        try:
            data = os.read(self._screen, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += data
        return bool(data)


def _hear_ctrl_c() -> None:
    """As on every terminal; who starts the tests in the background has it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
