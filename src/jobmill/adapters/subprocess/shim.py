"""Owns one engine's processes: limits them, and ends every one of them when the server goes.

Run as a program (`python -I -S shim.py key=value … -- command …`), never imported by the server,
so it knows nothing but the standard library. It stays outside of the engine's reach and says on its
status pipe what happens: `in_force`, `engine PID`, `limit`, `exit WAITSTATUS`, `refused`, `failed`.

Where the kernel allows it, the engine lives in its own pid namespace: when that one's first process
dies the kernel kills all others in it, whatever they ignore and wherever they hid. Elsewhere this
process adopts every orphan and kills until no child is left.
"""

import ctypes
import os
import resource
import select
import signal
import struct
import sys
from contextlib import suppress

MIB = 1 << 20
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 1 << 17, 1 << 28, 1 << 29, 1 << 30
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
KEPT_CAPABILITIES = range(6)  # over files and signals: a root server's engine reads what root reads
MOUNT_PRIVATE, MOUNT_PROC = (1 << 14) | (1 << 18), 2 | 4 | 8
COUNT_EVERY = 250  # ms between two counts of processes where the kernel does not enforce the cap

libc = ctypes.CDLL(None, use_errno=True)


class Plan:
    """What the server asks for, read from the command line."""

    def __init__(self, words: list[str]) -> None:
        split = words.index("--")
        told = dict(word.split("=", 1) for word in words[:split])
        self.command = words[split + 1 :]
        self.folder = told["folder"]
        self.server = int(told["server"])
        self.lifeline = int(told["lifeline"])
        self.status = int(told["status"])
        self.isolate = told["isolate"] == "1"
        self.network = told["network"] == "1"
        self.processes = int(told["processes"])
        self.memory = int(told["memory_mb"]) * MIB
        self.file_size = int(told["file_size_mb"]) * MIB

    @property
    def kernel_counts(self) -> bool:
        """Whether RLIMIT_NPROC means this engine alone, and is enforced at all (not for root)."""
        return self.isolate and os.getuid() != 0

    def say(self, text: str) -> None:
        with suppress(OSError):  # the server has gone; the lifeline ends this process
            os.write(self.status, text.replace("\n", " ").encode() + b"\n")


def call(function: str, *words: object) -> None:
    """One call of the C library; raises OSError with its errno."""
    if getattr(libc, function)(*words) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def prctl(option: int, value: int) -> None:
    call("prctl", option, ctypes.c_ulong(value), 0, 0, 0)


def enter_namespaces(plan: Plan) -> None:
    """Move to a new user namespace (and network), our children to a new pid namespace."""
    flags = CLONE_NEWUSER | CLONE_NEWPID | (0 if plan.network else CLONE_NEWNET)
    if os.getuid() != 0:
        uid, gid = os.getuid(), os.getgid()
        call("unshare", flags)
        write_file("/proc/self/setgroups", "deny")
        write_file("/proc/self/uid_map", f"{uid} {uid} 1")
        write_file("/proc/self/gid_map", f"{gid} {gid} 1")
        return
    # Only a process outside may map all ids; without them files of other users would be closed.
    ready, go = os.pipe()
    mapper = os.fork()
    if mapper == 0:
        os.close(go)
        os._exit(0 if os.read(ready, 1) and map_every_id(os.getppid()) else 1)
    os.close(ready)
    try:
        call("unshare", flags)
        os.write(go, b"g")
    finally:
        os.close(go)
        mapped = os.waitpid(mapper, 0)[1] == 0
    if not mapped:
        raise PermissionError("the user ids could not be mapped")


def map_every_id(pid: int) -> bool:
    try:
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/self/{name}") as file:
                ranges = [line.split() for line in file]
            write_file(f"/proc/{pid}/{name}", "".join(f"{a} {a} {n}\n" for a, _, n in ranges))
    except OSError:
        return False
    return True


def write_file(path: str, text: str) -> None:
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def become_engine(plan: Plan, parent: int) -> None:
    """Last steps before the engine's program replaces this process; never returns."""
    try:
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        limit(plan)
        os.chdir(plan.folder)
        os.execvp(plan.command[0], plan.command)  # noqa: S606
    except BaseException as error:
        plan.say(f"failed {type(error).__name__}: {error}")
    os._exit(127)


def limit(plan: Plan) -> None:
    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_FSIZE, plan.file_size)
    cap(resource.RLIMIT_AS, plan.memory)
    if plan.kernel_counts:
        cap(resource.RLIMIT_NPROC, plan.processes + 2)  # this shim's two processes count, too
    for capability in range(41):
        if os.getuid() == 0 and capability not in KEPT_CAPABILITIES:
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    prctl_no_new_privileges()
    if not plan.network and not plan.isolate:
        forbid_sockets()


def cap(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def prctl_no_new_privileges() -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def forbid_sockets() -> None:
    """Refuse every socket but AF_UNIX, and io_uring (which can make sockets), by seccomp."""
    machines = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
    if os.uname().machine not in machines:
        return
    architecture, socket_call = machines[os.uname().machine]
    load, equal, at_least, end = 0x20, 0x15, 0x35, 0x06
    allow, refuse = 0x7FFF0000, 0x00050000 | 13  # EACCES
    program = [
        (load, 0, 0, 4),  # the calling convention
        (equal, 0, 7, architecture),
        (load, 0, 0, 0),  # the system call's number
        (at_least, 5, 0, 0x40000000),  # x32 numbers
        (equal, 4, 0, 425),  # io_uring_setup
        (equal, 0, 2, socket_call),
        (load, 0, 0, 16),  # its first argument: the family
        (equal, 0, 1, 1),  # AF_UNIX
        (end, 0, 0, allow),
        (end, 0, 0, refuse),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    filter_ = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    )
    call("prctl", PR_SET_SECCOMP, ctypes.c_ulong(2), ctypes.byref(filter_), 0, 0)


def forget_stdio() -> None:
    """Leave the engine's pipes to the engine, so that their ends mean its end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)


def be_init(plan: Plan, outside: int, go: int) -> None:
    """The first process of the pid namespace: starts the engine, reaps orphans, ends with it."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if not os.read(go, 1):
        os._exit(1)  # the outer process died before its death could be a signal
    os.close(plan.lifeline)
    show_own_processes()
    engine = os.fork()
    if engine == 0:
        become_engine(plan, parent=1)
    forget_stdio()
    os.write(outside, b"f")
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == engine:
            plan.say(f"exit {status}")
            os._exit(0)


def show_own_processes() -> None:
    """Give the namespace its own /proc; where that is refused the outer one stays visible."""
    try:
        call("unshare", CLONE_NEWNS)
        call("mount", None, b"/", None, ctypes.c_ulong(MOUNT_PRIVATE), None)
        call("mount", b"proc", b"/proc", b"proc", ctypes.c_ulong(MOUNT_PROC), None)
    except OSError:
        pass  # only tools that look themselves up in /proc notice


def children(pid: int) -> list[int]:
    """Direct children of a process, by all its threads."""
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        return [child for child, parent in every_parent() if parent == pid]
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        pass  # it ended meanwhile
    return found


def every_parent() -> list[tuple[int, int]]:
    """Every process with its parent; slower, for kernels that keep no lists of children."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", errors="replace") as file:
                found.append((int(name), int(file.read().rpartition(")")[2].split()[1])))
    return found


def tree(pid: int) -> list[int]:
    """All descendants of a process."""
    found = children(pid)
    for child in found:
        found += children(child)
    return found


def watch(plan: Plan, child: int, engine: int, wake: int) -> None:
    """Return when the server has gone, the child has ended, or there are too many processes."""
    poller = select.poll()
    poller.register(plan.lifeline, select.POLLIN | select.POLLHUP)
    poller.register(wake, select.POLLIN)
    last = ""
    while True:
        events = dict(poller.poll(None if plan.kernel_counts else COUNT_EVERY))
        if plan.lifeline in events:
            return
        if wake in events:
            os.read(wake, 4096)
            if reap(plan, child):
                return
        with open("/proc/loadavg") as file:
            newest = file.read().rsplit(" ", 1)[1]
        if not plan.kernel_counts and newest != last:
            last = newest
            if 1 + len(tree(engine)) > plan.processes:
                plan.say("limit processes")
                return


def reap(plan: Plan, child: int) -> bool:
    """Collect what ended; True when the child itself did."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if pid == 0:
            return False
        if pid == child:
            if not plan.isolate:
                plan.say(f"exit {status}")
            return True


def end(plan: Plan, child: int) -> None:
    """Kill everything below, and return only when the kernel has no such process any more."""
    while True:
        try:
            if plan.isolate:
                os.kill(child, signal.SIGKILL)
            else:
                kill_groups(tree(os.getpid()))
        except ProcessLookupError:
            pass
        try:
            while os.waitpid(-1, 0 if plan.isolate else os.WNOHANG)[0]:
                pass
            select.select([], [], [], 0.002)
        except ChildProcessError:
            return


def kill_groups(pids: list[int]) -> None:
    """Kill by whole groups: that is one step for the kernel, which no forking can outrun."""
    for group in {os.getpgid(pid) for pid in pids}:
        os.killpg(group, signal.SIGKILL)


def start(plan: Plan) -> tuple[int, int]:
    """Start the engine; returns our child and the engine as pids out here (maybe the same)."""
    if not plan.isolate:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        own = os.getpid()
        child = os.fork()
        if child == 0:
            become_engine(plan, parent=own)
        return child, child
    enter_namespaces(plan)
    go_read, go = os.pipe()
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        be_init(plan, tell, go_read)
    os.close(tell)
    os.write(go, b"g")
    os.read(told, 1)
    engines = children(child)
    return child, engines[0] if engines else child


def main() -> None:
    plan = Plan(sys.argv[1:])
    for fd in (plan.lifeline, plan.status):
        os.set_inheritable(fd, False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if plan.isolate:  # otherwise this process must outlive the server, to clear up
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != plan.server:
            return
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        child, engine = start(plan)
    except OSError as error:
        plan.say(f"refused {error}")
        return
    plan.say(f"engine {engine}")
    forget_stdio()
    watch(plan, child, engine, wake)
    end(plan, child)


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing to clean up, and somebody waits for this process to be gone
