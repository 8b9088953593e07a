#!/usr/bin/env python3
"""What many attributes, devices and connections cost: BenchTarget beside a C++ server, in one run.

scale.py [--parts attributes,devices,database,connections] [--ours PATH] [--tango PATH] [--quick] [--out FILE]

attributes    dynamic attributes added, read and removed one by one, and the memory of each
devices       many devices in one process without database: time and memory of each, and whether all answer
database      many devices started through a database: this package's and the C++ one
connections   many connections held open: threads and memory

The C++ server gets fewer attributes and devices where it would take minutes. Aims are printed beside the figures.
"""

import argparse
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import RELEASE, RESULTS, ROOT, Server, build, device_server, free_port, tango_flags, write_report

AIMS = {
    "add_us": 20, "remove_us": 20, "kb_per_attribute": 1, "start_ms_per_device": 0.5, "kb_per_device": 50, "start_5000_s": 15,
    "threads": 15,
}  # fmt: skip


class Report:
    def __init__(self):
        self.rows = []

    def add(self, part, server, **figures):
        self.rows.append({"part": part, "server": server, **figures})
        text = ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in figures.items())
        print(f"{part:12} {server:22} {text}", flush=True)

    def missed(self):
        for row in self.rows:
            if not row["server"].startswith("ours"):
                continue
            for name, aim in AIMS.items():
                value = row.get(name)
                if value is not None and value > aim:
                    yield f"{row['part']}: {name} is {value:.4g}, the aim is {aim}"


def proxy(server, device, timeout_s=600):
    import tango

    found = tango.DeviceProxy(f"tango://127.0.0.1:{server.port}/{device}#dbase=no")
    found.set_timeout_millis(timeout_s * 1000)
    return found


def read_us(load, server, device, attribute, seconds=0.5):
    """Median duration of a read of one attribute on one connection."""
    command = [load, "--corbaloc", f"127.0.0.1:{server.port}/{device}", "--op", "read", "--attr", attribute, "--seconds", seconds]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)
    record = json.loads(done.stdout.splitlines()[-1])
    if record["errors"] or record["broken"]:
        sys.exit(f"{server.name}: reading {attribute}: {record}")
    return record["p50_us"]


def ping_message(number, key):
    """A GIOP 1.2 request, ready to send."""
    body = struct.pack("<IB3xHxxI", number, 3, 0, len(key)) + key
    body += b"\0" * (-(12 + len(body)) % 4) + struct.pack("<I", 5) + b"ping\0"
    body += b"\0" * (-(12 + len(body)) % 4) + struct.pack("<I", 0)
    return b"GIOP\x01\x02\x01\x00" + struct.pack("<I", len(body)) + body


def answering(port, keys):
    """How many of the objects with these keys answer a ping."""

    def exactly(count):
        data = b""
        while len(data) < count:
            more = connection.recv(count - len(data))
            if not more:
                raise ConnectionError
            data += more
        return data

    good = 0
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        for number, key in enumerate(keys):
            connection.sendall(ping_message(number, key))
            header = exactly(12)
            order = "<" if header[6] & 1 else ">"
            body = exactly(struct.unpack(order + "I", header[8:])[0])
            answered, status = struct.unpack(order + "II", body[:8])
            good += answered == number and status == 0
    return good


def attributes(report, load, programs, quick):
    for name, program in programs:
        most = (10_000 if quick else 100_000) if name == "ours" else (2000 if quick else 10_000)
        server = device_server(name, program, ["b/a/1"])
        try:
            device = proxy(server, "b/a/1")
            step = most // 10
            device.command_inout("AddDynamicAttributes", 10)
            few_us = read_us(load, server, "b/a/1", "dyn_00005")
            before = server.rss_kb
            steps = [step] * 9 + [step - 10]
            each = [device.command_inout("AddDynamicAttributes", count)[0] / count * 1e6 for count in steps]
            report.add(
                "attributes", name, added=most, first_add_us=each[0], add_us=each[-1],
                kb_per_attribute=(server.rss_kb - before) / most, read_with_10_us=few_us,
                read_first_us=read_us(load, server, "b/a/1", "dyn_00005"),
                read_last_us=read_us(load, server, "b/a/1", f"dyn_{most - 1:05}"),
                read_static_us=read_us(load, server, "b/a/1", "ScalarRO"),
                remove_us=device.command_inout("RemoveDynamicAttributes")[0] / most * 1e6,
                kb_left_per_attribute=(server.rss_kb - before) / most,
            )  # fmt: skip
        finally:
            server.stop()


def devices(report, programs, quick):
    for name, program in programs:
        count = (1000 if quick else 10_000) if name == "ours" else (200 if quick else 2000)
        # A single argument of the command line has at most 128 kB.
        names = [f"b/d/{number:04}" for number in range(count)]
        alone = device_server(name, program, names[:1])
        one_s, one_kb = alone.ready_s, alone.rss_kb
        alone.stop()
        server = device_server(name, program, names, patience=300)
        try:
            kb = server.rss_kb
            report.add(
                "devices", name, devices=count, ready_s=server.ready_s, start_ms_per_device=(server.ready_s - one_s) / count * 1e3,
                kb_per_device=(kb - one_kb) / count, answering=answering(server.port, [name.encode() for name in names]), threads=server.threads,
            )  # fmt: skip
        finally:
            server.stop()


def database(report, programs, tango, quick):
    import tango as pytango

    with tempfile.TemporaryDirectory() as folder:
        for database, server in databases(Path(folder), tango):
            try:
                host = f"127.0.0.1:{server.port}"
                db = pytango.Database("127.0.0.1", str(server.port))
                # A C++ database takes its time to delete thousands of devices.
                db.set_timeout_millis(60_000)
                for name, program in programs:
                    count = (500 if quick else 5000) if name == "ours" else (100 if quick else 1000)
                    start_through(report, db, host, name, program, count, database)
            finally:
                server.stop()
                if database == "C++ database":
                    subprocess.run([ROOT / "Scripts/peers/launchers/mariadb.sh", "stop", f"{folder}/mariadb"], check=False)


def databases(folder, tango):
    port = free_port()
    ours = Server("database", [tango, "database", "--host", "127.0.0.1", "--port", port, "--file", folder / "tango.sqlite"])
    ours.port = port
    yield "our database", ours
    if not Path("/usr/lib/tango/DataBaseds").exists():
        return
    subprocess.run([ROOT / "Scripts/peers/launchers/mariadb.sh", "start", folder / "mariadb"], check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    theirs = Server("DataBaseds", [ROOT / "Scripts/peers/launchers/databaseds.sh", folder / "mariadb", port])
    theirs.port = port
    yield "C++ database", theirs


def start_through(report, db, host, name, program, count, database):
    import tango as pytango

    server_id = f"{Path(program).name}/scale"
    names = [f"b/{name}/{number:05}" for number in range(count)]
    infos = []
    for device in names:
        info = pytango.DbDevInfo()
        info._class, info.server, info.name = "BenchTarget", server_id, device
        infos.append(info)
    db.add_server(server_id, infos, with_dserver=True)
    server = Server(name, [program, "scale", "-ORBendPoint", "giop:tcp:127.0.0.1:"], patience=600, env={"TANGO_HOST": host})
    try:
        exported = len(db.get_device_exported(f"b/{name}/*"))
        figures = {f"start_{count}_s": server.ready_s, "ms_per_device": server.ready_s / count * 1e3, "exported": exported}
        places = [place(db.import_device(device).ior) for device in names]
        report.add(
            "database", f"{name}, {database}", devices=count, **figures,
            answering=answering(places[0][0], [key for _, key in places]),
        )  # fmt: skip
    finally:
        server.stop()
        db.delete_server(server_id)


def place(ior):
    """Port and object key of a reference."""
    raw = bytes.fromhex(ior[4:])

    def number(at):
        return struct.unpack_from("<I" if raw[0] else ">I", raw, at)[0]

    def aligned(at):
        return at + -at % 4

    at = 8 + number(4)
    at = aligned(at) + 4
    while at < len(raw):
        tag, length = number(aligned(at)), number(aligned(at) + 4)
        start = aligned(at) + 8
        at = start + length
        if tag == 0:
            # A profile is bytes of its own: its own byte order, aligned from its own start.
            inner = raw[start:at]
            order = "<" if inner[0] else ">"
            end = 8 + struct.unpack_from(order + "I", inner, 4)[0]
            port = struct.unpack_from(order + "H", inner, end + end % 2)[0]
            key = aligned(end + end % 2 + 2)
            return port, inner[key + 4 : key + 4 + struct.unpack_from(order + "I", inner, key)[0]]
    raise ValueError("a reference without an IIOP profile")


def connections(report, load, programs, quick):
    count = 100 if quick else 1000
    for name, program in programs:
        server = device_server(name, program, ["b/c/1"])
        try:
            before = server.rss_kb
            target = f"127.0.0.1:{server.port}/b/c/1"
            command = [load, "--corbaloc", target, "--connections", count, "--hold"]
            holder = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            opened = json.loads(holder.stdout.readline().removeprefix("HOLD"))
            time.sleep(0.3)
            figures = {"threads": server.threads, "kb_per_connection": (server.rss_kb - before) / count}
            holder.communicate("q", timeout=30)
            command = [load, "--corbaloc", target, "--connections", count, "--op", "read", "--attr", "ScalarRO", "--seconds", 1]
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)
            loaded = json.loads(done.stdout.splitlines()[-1])
            report.add(
                "connections", name, connections=opened["connections"], refused=opened["refused"], **figures,
                ops_per_s=loaded["ops_per_s"], p50_us=loaded["p50_us"], p99_us=loaded["p99_us"],
            )  # fmt: skip
        finally:
            server.stop()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--parts", default="attributes,devices,database,connections")
    parser.add_argument("--ours", default=str(RELEASE / "swift_bench_target"))
    parser.add_argument("--tango", default=str(RELEASE / "tango"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", default=str(RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}-scale.json"))
    options = parser.parse_args()
    parts = options.parts.split(",")
    for program in [options.ours, *([options.tango] if "database" in parts else [])]:
        if not shutil.which(program):
            sys.exit(f"no such program: {program}")
    load = build("giop_load")
    programs = [("ours", options.ours), ("cpp", build("scale_target", *tango_flags()))]
    report = Report()
    if "attributes" in parts:
        attributes(report, load, programs, options.quick)
    if "devices" in parts:
        devices(report, programs, options.quick)
    if "database" in parts:
        database(report, programs, options.tango, options.quick)
    if "connections" in parts:
        connections(report, load, programs, options.quick)
    for line in report.missed():
        print(f"missed: {line}")
    write_report(options.out, quick=options.quick, results=report.rows)


if __name__ == "__main__":
    main()
