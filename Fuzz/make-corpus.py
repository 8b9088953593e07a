#!/usr/bin/env python3
"""Writes the recorded messages as one file each: a seed corpus for WireFuzz.

usage: make-corpus.py <folder of golden vectors> <corpus folder>
"""
import json
import pathlib
import re
import sys

golden, corpus = map(pathlib.Path, sys.argv[1:3])
corpus.mkdir(parents=True, exist_ok=True)
written = 0
for file in sorted(golden.glob("*.json")):
    for vector in json.loads(file.read_text())["vectors"]:
        parts = vector.get("messages") or [step["bytes"] for step in vector.get("exchange", []) if "bytes" in step]
        if "ior" in vector:
            parts = [vector["ior"].encode().hex()]
        data = b"".join(bytes.fromhex(part) for part in parts)
        if not data:
            continue
        name = re.sub(r"[^A-Za-z0-9_.]", "_", f"{file.stem}.{vector['name']}")
        (corpus / name).write_bytes(data)
        written += 1
print(f"{written} files")
