#!/usr/bin/env python3
"""Compares this package's TangoTest with the C++ one: same client, same machine, same run.

run.py [--ours PATH] [--reference PATH] [--connections 1,4,16,64] [--ops ping,read] [--rounds N] [--seconds S] [--out FILE]

For every number of connections and every operation (ping, and read_attributes_5 of double_scalar) the load generator
load/giop_load.cpp keeps one request under way on each connection: latency, throughput and the server's CPU time per
operation. The floor is a server which answers every message with as many prepared bytes and does nothing else
(load/floor_server.cpp). The three take turns within a round; shown is the median over the rounds.
Prints a table with ratios and writes everything measured as JSON. "better" and "worse" stand only where all rounds of
ours lie on one side of all rounds of the C++ server; otherwise they count as equal.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time

from common import RELEASE, RESULTS, Server, build, device_server, write_report

DEVICE = "sys/tg_test/1"
FIGURES = ("p50_us", "p99_us", "ops_per_s", "server_cpu_us_per_op")


def floor_server(program, reply):
    server = Server("floor", [program, "--reply", reply], str.isdigit)
    server.port = int(server.lines[-1])
    return server


def measure(load, server, op, connections, seconds):
    command = [load, "--corbaloc", f"127.0.0.1:{server.port}/{DEVICE}", "--op", op, "--connections", connections]
    command += ["--seconds", seconds, "--server-pid", server.pid]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds + 60)
    if done.returncode != 0 or not done.stdout.strip():
        sys.exit(f"{server.name}: {op} with {connections} connections failed: {done.stdout}{done.stderr}")
    record = json.loads(done.stdout.splitlines()[-1])
    if record["errors"] or record["refused"] or record["broken"]:
        sys.exit(f"{server.name}: {op} with {connections} connections: {record}")
    return record


def median(records, figure):
    return statistics.median(record[figure] for record in records)


def verdict(figure, ours, cpp):
    """Only rounds that do not overlap tell two servers apart."""
    low, high = ("worse", "better") if figure == "ops_per_s" else ("better", "worse")
    if max(r[figure] for r in ours) < min(r[figure] for r in cpp):
        return low
    if min(r[figure] for r in ours) > max(r[figure] for r in cpp):
        return high
    return ""


def show(results):
    header = ("op", "conn", "figure", "floor", "C++", "ours", "ours/C++", "ours/floor", "")
    rows = []
    for result in results:
        for figure in FIGURES:
            floor, cpp, ours = (result["median"][side][figure] for side in ("floor", "cpp", "ours"))
            ratio = ours / cpp if cpp else float("nan")
            to_floor = ours / floor if floor else float("nan")
            text = verdict(figure, result["rounds"]["ours"], result["rounds"]["cpp"])
            rows.append(
                (result["op"], str(result["connections"]), figure, f"{floor:.1f}", f"{cpp:.1f}", f"{ours:.1f}")
                + (f"{ratio:.2f}", f"{to_floor:.2f}", text)
            )
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = [cell.ljust(width) if i in (0, 2, 8) else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--ours", default=str(RELEASE / "TangoTest"))
    parser.add_argument("--reference", default="/usr/lib/tango/TangoTest")
    parser.add_argument("--connections", default="1,4,16,64")
    parser.add_argument("--ops", default="ping,read")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--out", default=str(RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"))
    options = parser.parse_args()
    for program in (options.ours, options.reference):
        if not shutil.which(program):
            sys.exit(f"no such program: {program}")
    load, floor = build("giop_load"), build("floor_server")
    servers, results = [], []
    try:
        for name, program in (("cpp", options.reference), ("ours", options.ours)):
            servers.append(device_server(name, program, [DEVICE]))
        floors = {}
        for op in options.ops.split(","):
            # Also the warm-up; the floor's reply is as long as that of the C++ server.
            sizes = [round(measure(load, server, op, 4, 0.3)["wire_in"]) for server in servers[:2]]
            floors[op] = floor_server(floor, sizes[0])
        servers.extend(floors.values())
        for count in map(int, options.connections.split(",")):
            for op in options.ops.split(","):
                sides = [floors[op], *servers[:2]]
                rounds = {side.name: [] for side in sides}
                for number in range(options.rounds):
                    shift = number % len(sides)
                    for side in sides[shift:] + sides[:shift]:
                        rounds[side.name].append(measure(load, side, op, count, options.seconds))
                medians = {name: {f: median(records, f) for f in FIGURES} for name, records in rounds.items()}
                results.append({"op": op, "connections": count, "median": medians, "rounds": rounds})
                print(f"{op}, {count} connection(s) done", file=sys.stderr)
    finally:
        for server in servers:
            server.stop()
    show(results)
    write_report(options.out, rounds=options.rounds, seconds=options.seconds, results=results)


if __name__ == "__main__":
    main()
