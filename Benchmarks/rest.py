#!/usr/bin/env python3
"""Compares the REST gateway with a minimal one on aiohttp and PyTango: same device, same client, same run.

rest.py [--connections 1,32] [--rounds N] [--seconds S] [--workloads scalar,ten,spectrum] [--quick] [--out FILE]

The client is wrk. The gateways take turns within a round; shown is the median over the rounds. The processor time is that of the
gateway's process alone. Every request is a reading of its own: the requests say no-cache, and a probe counts different time stamps.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from common import LOAD, RELEASE, RESULTS, Server, free_port, write_report

DEVICE = "bench/rest/1"
WORKLOADS = {
    "scalar": "ScalarRO/value",
    "ten": "value?" + "&".join(f"attr=S{number:02}" for number in range(10)),
    "spectrum": "SpectrumRO/value",
}
AIMS = {"throughput": 5, "cpu_ms": 0.15}
SCRIPT = """
wrk.headers["Accept"] = "application/json"
wrk.headers["Cache-Control"] = "no-cache"
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %.1f %.1f %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
"""


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Gateway:
    def __init__(self, name, command, port, database):
        self.server = Server(name, command, env={"TANGO_HOST": f"127.0.0.1:{database}"})
        self.name, self.base = name, f"http://127.0.0.1:{port}/tango/rest/v1.0/hosts/127.0.0.1;port={database}/devices/{DEVICE}/attributes/"

    def probe(self, workload):
        """Whether successive answers are different readings."""
        stamps = set()
        for _ in range(20):
            request = urllib.request.Request(self.base + WORKLOADS[workload], headers={"Cache-Control": "no-cache"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                document = json.load(answer)
            items = document if isinstance(document, list) else [document]
            if any("value" not in item for item in items):
                sys.exit(f"{self.name}: {workload} answers {document}")
            stamps.add(items[0]["timestamp"])
            time.sleep(0.003)
        if len(stamps) < 15:
            sys.exit(f"{self.name}: {workload} answers from a cache: {len(stamps)} readings in 20 answers")

    def measure(self, script, workload, connections, seconds):
        before = cpu_seconds(self.server.pid)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script, self.base + WORKLOADS[workload]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
        line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
        if line is None:
            sys.exit(f"wrk gave no result: {done.stdout}{done.stderr}")
        requests, duration, p50, p99, errors = (float(field) for field in line.split()[1:])
        if errors:
            sys.exit(f"{self.name}: {errors:.0f} of {requests:.0f} requests failed")
        cpu = cpu_seconds(self.server.pid) - before
        return {
            "requests_per_s": requests / (duration / 1e6), "p50_ms": p50 / 1e3, "p99_ms": p99 / 1e3, "cpu_ms": cpu * 1e3 / requests
        }  # fmt: skip


def systems(stack, options):
    """A database, a device and the gateways before it."""
    database = free_port()
    tango = options.tango
    stack.append(Server("database", [tango, "database", "--in-memory", "--host", "127.0.0.1", "--port", database]))
    env = {"TANGO_HOST": f"127.0.0.1:{database}"}
    define = [sys.executable, "-c", (
        "import tango; db = tango.Database(); info = tango.DbDevInfo(); info.name, info._class, info.server = "
        f"'{DEVICE}', 'BenchTarget', '{Path(options.target).name}/rest'; db.add_device(info)"
    )]  # fmt: skip
    subprocess.run(define, check=True, env={**os.environ, **env}, timeout=30)
    stack.append(Server("device", [options.target, "rest"], env=env))
    gateways = []
    for name, command in (
        ("ours", [tango, "rest", "--port"]),
        ("aiohttp", [sys.executable, LOAD / "rest_peer.py"]),
    ):
        port = free_port()
        gateways.append(Gateway(name, [*command, port], port, database))
        stack.append(gateways[-1].server)
    return gateways


def show(results):
    print(f"{'workload':10}{'conn':>5}  {'figure':16}{'aiohttp':>10}{'ours':>10}{'ours/aiohttp':>14}")
    for result in results:
        for figure in ("requests_per_s", "p50_ms", "p99_ms", "cpu_ms"):
            theirs, ours = result["median"]["aiohttp"][figure], result["median"]["ours"][figure]
            ratio = ours / theirs if theirs else float("nan")
            print(f"{result['workload']:10}{result['connections']:>5}  {figure:16}{theirs:>10.3f}{ours:>10.3f}{ratio:>14.2f}")


def missed(results):
    for result in results:
        theirs, ours = result["median"]["aiohttp"], result["median"]["ours"]
        place = f"{result['workload']}, {result['connections']} connections"
        if result["connections"] == 32 and ours["requests_per_s"] < AIMS["throughput"] * theirs["requests_per_s"]:
            yield f"{place}: {ours['requests_per_s'] / theirs['requests_per_s']:.1f} times the throughput, the aim is {AIMS['throughput']}"
        if result["workload"] == "scalar" and ours["cpu_ms"] > AIMS["cpu_ms"]:
            yield f"{place}: {ours['cpu_ms']:.3f} ms of processor time, the aim is {AIMS['cpu_ms']}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--tango", default=str(RELEASE / "tango"))
    parser.add_argument("--target", default=str(RELEASE / "swift_bench_target"))
    parser.add_argument("--connections", default="1,32")
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", default=str(RESULTS / f"rest-{time.strftime('%Y%m%d-%H%M%S')}.json"))
    options = parser.parse_args()
    rounds, seconds = (1, 2) if options.quick else (options.rounds, options.seconds)
    for program in (options.tango, options.target, "wrk"):
        if not shutil.which(program):
            sys.exit(f"no such program: {program}; make bench sets everything up")
    stack, results = [], []
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as script:
        script.write(SCRIPT)
    try:
        gateways = systems(stack, options)
        for workload in options.workloads.split(","):
            for gateway in gateways:
                gateway.probe(workload)
            for connections in map(int, options.connections.split(",")):
                taken = {gateway.name: [] for gateway in gateways}
                for number in range(rounds):
                    for gateway in gateways if number % 2 == 0 else reversed(gateways):
                        taken[gateway.name].append(gateway.measure(script.name, workload, connections, seconds))
                median = {
                    name: {figure: statistics.median(record[figure] for record in records) for figure in records[0]}
                    for name, records in taken.items()
                }
                results.append({"workload": workload, "connections": connections, "median": median, "rounds": taken})
                print(f"{workload}, {connections} connection(s) done", file=sys.stderr)
    finally:
        for server in reversed(stack):
            server.stop()
        os.unlink(script.name)
    show(results)
    for line in missed(results):
        print("missed:", line)
    write_report(options.out, rounds=rounds, seconds=seconds, results=results)


if __name__ == "__main__":
    main()
