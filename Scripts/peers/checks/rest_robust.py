#!/usr/bin/env python3
"""The REST gateway beside devices that hang, die and come back.

rest_robust.py [--programs .build/debug] [--timeout 3] [--seconds 60] [--connections 32] [--devices 1000] [--dead 50]

1. Connections read one scalar of a good device for some seconds, others a device whose server is stopped (SIGSTOP), others one whose
   server is killed and started again and again. Every request of the good device must succeed, every other one must be answered 200 or
   503, and all of them within the time-out.
2. A bulk read of the State of all devices of a big server, some more of which are dead: killed, stopped or never started. It must be
   answered within the time-out and have all those that live, once each, and none of the dead; one that is named exactly and dead fails in its
   place.

Prints what it saw; ends with 1 when something was wrong. Needs PyTango to fill the database.
"""

import argparse
import http.client
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import tango

# The limit of the gateway in seconds, by --timeout.
TIMEOUT = 3.0


class Program:
    """A program that says when it is ready."""

    def __init__(self, *command, environment=None, ready="Ready to accept request"):
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **(environment or {})})
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.said = []
        end = time.monotonic() + 120
        while not any(ready in line for line in self.said):
            try:
                line = self.lines.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                raise SystemExit(f"{command} was not ready: {self.said}")
            if line is None:
                raise SystemExit(f"{command} ended: {self.said}")
            self.said.append(line)

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()


class Readers:
    """Connections that read one URL until stopped."""

    def __init__(self, name, port, path, count, good):
        self.name, self.port, self.path, self.good = name, port, path, good
        self.statuses, self.slowest, self.broken = {}, 0.0, []
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.stopping.is_set():
            start = time.monotonic()
            try:
                connection.request("GET", self.path)
                response = connection.getresponse()
                body = response.read()
                status = response.status
            except OSError as error:
                status, body = 0, str(error).encode()
                connection.close()
            took = time.monotonic() - start
            with self.lock:
                self.statuses[status] = self.statuses.get(status, 0) + 1
                self.slowest = max(self.slowest, took)
                if status not in self.good and len(self.broken) < 5:
                    self.broken.append((status, body[:300]))
            if status != 200:
                time.sleep(0.02)
        connection.close()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        counts = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        print(f"{self.name}: {counts}; the slowest took {self.slowest:.3f} s")
        problems = [f"{self.name}: unexpected {broken}" for broken in self.broken]
        # A third for what the client itself adds on a busy machine.
        if self.slowest > TIMEOUT * 4 / 3:
            problems.append(f"{self.name}: an answer took {self.slowest:.3f} s")
        return problems


class System:
    def __init__(self, programs):
        self.programs = Path(programs)
        self.running = []
        for port in range(21500, 21600):
            try:
                self.database = self.start("tango", "database", "--in-memory", "--host", "127.0.0.1", "--port", str(port))
            except SystemExit:
                continue
            self.host = f"127.0.0.1:{port}"
            break
        self.client = tango.Database("127.0.0.1", int(self.host.split(":")[1]))

    def start(self, program, *arguments):
        started = Program(
            str(self.programs / program), *arguments, environment={"TANGO_HOST": getattr(self, "host", "127.0.0.1:1")})
        self.running.append(started)
        return started

    def declare(self, server, device_class, names):
        for name in names:
            info = tango.DbDevInfo()
            info.server, info._class, info.name = server, device_class, name
            self.client.add_device(info)

    def serve(self, program, instance, names):
        self.declare(f"{program}/{instance}", program, names)
        return self.start(program, instance)

    def gateway(self):
        gateway = self.start("tango", "rest", "--port", "0", "--tango-host", self.host, "--timeout", str(TIMEOUT))
        return int(re.search(r":(\d+)/tango/rest", "".join(gateway.said)).group(1))

    def end(self):
        for program in reversed(self.running):
            program.end()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.monotonic()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, json.loads(body), time.monotonic() - start


def scalars(system, seconds, connections):
    system.serve("TangoTest", "good", ["test/good/1"])
    hanging = system.serve("TangoTest", "hanging", ["test/hanging/1"])
    restarted = system.serve("TangoTest", "restarted", ["test/restarted/1"])
    port = system.gateway()
    host = f"/tango/rest/v1.0/hosts/{system.host.replace(':', ';port=')}/devices"
    value = "attributes/double_scalar/value"
    for device in ["good", "hanging", "restarted"]:
        status, body, _ = get(port, f"{host}/test/{device}/1/{value}")
        assert status == 200, body
    hanging.signal(signal.SIGSTOP)
    readers = [
        Readers("good device", port, f"{host}/test/good/1/{value}", connections, {200}),
        Readers("hanging device", port, f"{host}/test/hanging/1/{value}", 32, {503}),
        Readers("restarted device", port, f"{host}/test/restarted/1/{value}", 4, {200, 503}),
    ]
    end = time.monotonic() + seconds
    restarts = 0
    while time.monotonic() < end:
        time.sleep(min(2, seconds / 4))
        restarted.signal(signal.SIGKILL)
        restarted.end()
        time.sleep(0.5)
        restarted = system.start("TangoTest", "restarted")
        restarts += 1
        status = None
        for _ in range(50):
            status, body, _ = get(port, f"{host}/test/restarted/1/{value}")
            if status == 200:
                break
            time.sleep(0.1)
        if status != 200:
            return [f"restarted device: still {status} after its restart: {body}"]
    problems = [problem for reader in readers for problem in reader.stop()]
    hanging.signal(signal.SIGCONT)
    time.sleep(0.5)
    status, body, _ = get(port, f"{host}/test/hanging/1/{value}")
    if status != 200:
        problems.append(f"hanging device: {status} after it went on: {body}")
    print(f"restarts: {restarts}")
    return problems


def bulk(system, devices, dead):
    living = [f"big/live/{index:04}" for index in range(devices)]
    system.serve("PowerSupply", "big", living)
    third = max(1, dead // 3)
    killed, stopped = [f"big/killed/{index}" for index in range(third)], [f"big/stopped/{index}" for index in range(third)]
    never = [f"big/never/{index}" for index in range(dead - 2 * third)]
    system.serve("PowerSupply", "killed", killed).signal(signal.SIGKILL)
    stopper = system.serve("PowerSupply", "stopped", stopped)
    system.declare("PowerSupply/never", "PowerSupply", never)
    port = system.gateway()
    stopper.signal(signal.SIGSTOP)
    problems = []
    pattern = f"/tango/rest/v1.0/attributes/value?wildcard={system.host}"
    for attempt in ["first", "second", "third"]:
        status, body, took = get(port, f"{pattern}/big/*/*/State")
        names = [item["device"] for item in body]
        values = {item.get("value") for item in body}
        print(f"bulk, {attempt}: {status}, {len(body)} of {devices} + {dead} devices in {took:.3f} s, values {values}")
        if status != 200 or names != living:
            missing = sorted(set(living) - set(names))
            problems.append(f"bulk, {attempt}: {len(missing)} are missing, {sorted(set(names) - set(living))[:5]} too much, {missing[:5]}")
        # Once known to hang they are not waited for any more.
        if took > (TIMEOUT if attempt == "first" else 0.8 * TIMEOUT):
            problems.append(f"bulk, {attempt}: took {took:.3f} s")
    named = [killed[0], stopped[0], never[0], living[0]]
    query = "&".join(f"wildcard={system.host}/{name}/State" for name in named)
    status, body, took = get(port, f"/tango/rest/v1.0/attributes/value?{query}")
    print(f"bulk, by name: {status}, {[item.get('value', 'error') for item in body]} in {took:.3f} s")
    if [item["device"] for item in body] != named or ["errors" in item for item in body] != [True, True, True, False] or took > TIMEOUT:
        problems.append(f"bulk, by name: {status} {body}")
    return problems


def main():
    global TIMEOUT
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default=".build/debug")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--dead", type=int, default=50)
    parser.add_argument("--timeout", type=float, default=TIMEOUT)
    options = parser.parse_args()
    TIMEOUT = options.timeout
    problems = []
    for part in [lambda system: scalars(system, options.seconds, options.connections), lambda system: bulk(system, options.devices, options.dead)]:
        system = System(options.programs)
        try:
            problems += part(system)
        finally:
            system.end()
    for problem in problems:
        print(f"wrong: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
