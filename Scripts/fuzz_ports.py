#!/usr/bin/env python3
"""Throws random bytes, truncated and mutated real messages at ports, and checks that good requests are still answered.

    fuzz_ports.py [--seconds N] [--seed S] [--pid P ...] giop:HOST:PORT/KEY ... http:HOST:PORT/PATH ...

The recorded messages are those of the wire tests. With --pid the memory of the processes is printed before and after.
Exit status 1 when a good request is not answered.
"""

import argparse
import glob
import json
import os
import random
import socket
import struct
import sys
import time


def recorded_messages():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "TangoWireTests", "Golden")
    messages = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        for vector in json.load(open(path))["vectors"]:
            messages += [bytes.fromhex(text) for text in vector.get("messages", [])]
    return messages


def ping(key):
    body = struct.pack("<IBBBBHHI", 2, 3, 0, 0, 0, 0, 0, len(key)) + key
    body += b"\0" * (-(len(body) + 12) % 4) + struct.pack("<I", 5) + b"ping\0"
    body += b"\0" * (-(len(body) + 12) % 4) + struct.pack("<I", 0)
    return b"GIOP\x01\x02\x01\x00" + struct.pack("<I", len(body)) + body


def with_key(message, key):
    """The recorded request, addressed to an object that exists."""
    if len(message) < 28 or message[5] != 2 or message[7] != 0 or not message[6] & 1:
        return message
    length = struct.unpack_from("<I", message, 24)[0]
    if 28 + length > len(message) or length != len(key):
        return message
    return message[:28] + key + message[28 + length:]


HTTP = [
    b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"value\": 1}",
    b"PUT %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n0\r\n\r\n",
    b"GET /tango/rest/v1.0/hosts/%%zz;port=99999999/devices HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\n\r\n",
]


def garbage(rng, kind, key, messages):
    if kind == "http":
        base = rng.choice(HTTP)
        base = base % key if b"%s" in base else base
    else:
        base = with_key(rng.choice(messages), key)
    choice = rng.random()
    if choice < 0.2:
        return rng.randbytes(rng.randrange(1, 2000))
    if choice < 0.5:
        return base[: rng.randrange(len(base) + 1)]
    data = bytearray(base)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        if not data:
            break
        position = rng.randrange(len(data))
        action = rng.randrange(4)
        if action == 0:
            data[position] = rng.randrange(256)
        elif action == 1:
            data[position:position + 4] = rng.choice([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80"])
        elif action == 2:
            del data[position:position + rng.randrange(1, 9)]
        else:
            data[position:position] = rng.randbytes(rng.randrange(1, 9))
    return bytes(data)


def exchange(host, port, data, wait):
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.settimeout(wait)
        try:
            connection.sendall(data)
            if wait > 1:
                return connection.recv(65536)
            if random.random() < 0.5:
                connection.shutdown(socket.SHUT_WR)
            return connection.recv(65536)
        except OSError:  # closed by the peer, or no answer: both are fine
            return b""


def is_alive(kind, host, port, key):
    if kind == "giop":
        answer = exchange(host, port, ping(key), 5)
        return len(answer) >= 24 and answer[:4] == b"GIOP" and answer[7] == 1 and struct.unpack_from("<I", answer, 16)[0] == 0
    answer = exchange(host, port, b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % key, 5)
    return answer.startswith(b"HTTP/1.1 200")


def memory(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="per target")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--pid", type=int, action="append", default=[])
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    rng = random.Random(seed)
    random.seed(seed)
    messages = recorded_messages()
    if len(messages) < 100:
        sys.exit("too few recorded messages")
    failed = False
    for target in options.targets:
        kind, rest = target.split(":", 1)
        address, key = rest.split("/", 1)
        host, port = address.rsplit(":", 1)
        port, key = int(port), key.encode()
        if kind == "http":
            key = b"/" + key
        before = [memory(pid) for pid in options.pid]
        count = checks = 0
        end = time.monotonic() + options.seconds
        while time.monotonic() < end:
            data = b"".join(garbage(rng, kind, key, messages) for _ in range(rng.choice([1, 1, 1, 3])))
            try:
                exchange(host, port, data, 0.02)
            except OSError as error:
                print(f"{target}: cannot connect any more after {count} messages (seed {seed}): {error}")
                failed = True
                break
            count += 1
            if count % 200 == 0:
                checks += 1
                if not is_alive(kind, host, port, key):
                    print(f"{target}: a good request is not answered after {count} messages (seed {seed})")
                    failed = True
                    break
        alive = False
        try:
            alive = is_alive(kind, host, port, key)
        except OSError:
            pass
        failed = failed or not alive
        after = []
        for pid in options.pid:
            try:
                after.append(memory(pid))
            except OSError:
                after.append(-1)
        print(f"{target}: {count} messages, {checks} checks, {'alive' if alive else 'DEAD'}, memory kB {before} -> {after} (seed {seed})", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
