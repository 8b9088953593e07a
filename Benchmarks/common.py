"""What the benchmarks share: building the C++ programs, starting and ending servers, and looking at them."""

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOAD = Path(__file__).resolve().parent / "load"
BUILD = ROOT / ".build" / "bench"
RESULTS = ROOT / "Benchmarks" / "results"
RELEASE = ROOT / ".build" / "benchmarks" / "release"


def build(name, *flags):
    """Compiles load/NAME.cpp unless that is done."""
    source, program = LOAD / f"{name}.cpp", BUILD / name
    newest = max(source.stat().st_mtime, (LOAD / "bench_common.h").stat().st_mtime)
    if not program.exists() or program.stat().st_mtime < newest:
        BUILD.mkdir(parents=True, exist_ok=True)
        compiler = os.environ.get("CXX", "g++")
        subprocess.run([compiler, "-O2", "-std=c++14", str(source), "-o", str(program), "-lpthread", *flags], check=True)
    return program


def tango_flags():
    """How to compile against the C++ library."""
    found = subprocess.run(["pkg-config", "--cflags", "--libs", "tango"], capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit("the C++ library is missing: make setup-bench installs it")
    # As system headers: warnings about them are none of ours.
    return [flag.replace("-I", "-isystem", 1) for flag in found.stdout.split()]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_ready(line):
    return line == "Ready to accept request"


class Server:
    """A server program in a process group of its own, up when a line of its output says so."""

    def __init__(self, name, command, ready=is_ready, patience=30, env=None):
        self.name = name
        started = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            env={**os.environ, **(env or {})},
        )  # fmt: skip
        self.pid = self.process.pid
        watchdog = threading.Timer(patience, self.stop)
        watchdog.start()
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if ready(line.strip()):
                break
        else:
            watchdog.cancel()
            sys.exit(f"{name} does not start: {' '.join(map(str, command))[:300]}\n" + "\n".join(self.lines))
        self.ready_s = time.monotonic() - started
        watchdog.cancel()
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def _status(self, field):
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field))

    @property
    def rss_kb(self):
        return self._status("VmRSS:")

    @property
    def threads(self):
        return self._status("Threads:")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def device_server(name, program, devices, **options):
    """A server without database; its `port` is where it listens."""
    port = free_port()
    command = [program, "bench", "-nodb", "-dlist", ",".join(devices), "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"]
    server = Server(name, command, **options)
    server.port = port
    return server


def machine():
    def model():
        try:
            with open("/proc/cpuinfo") as info:
                return next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), platform.machine())
        except OSError:
            return platform.machine()

    return {"processor": model(), "count": os.cpu_count(), "kernel": platform.release(), "load": os.getloadavg()}


def write_report(path, **content):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {"date": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "machine": machine(), **content}
    path.write_text(json.dumps(report, indent=1) + "\n")
