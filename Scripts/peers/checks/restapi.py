#!/usr/bin/env python3
"""Compares the REST gateway with its own description: schemathesis sends what the description allows, and what it does not.

    restapi.py URL HOST PORT DEVICE

URL leads to the gateway, HOST and PORT to the Tango database it is to use, DEVICE is a device of class TangoTest. What is in the
database and the device afterwards is by chance: use ones of their own. Commands that end or disturb the server are not called.

The inputs of the description are narrowed to names that exist (and one that does not); its answers are left alone. In the end the
gateway's own counters must show that every operation has succeeded at least once: a run that only met errors proves nothing.
"""
import contextlib
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

COMMANDS = ["DevBoolean", "DevDouble", "DevString", "DevULong64", "DevVarLongStringArray", "DevVarDoubleStringArray", "DevVoid", "State",
            "nope"]
ATTRIBUTES = ["double_scalar", "string_scalar", "short_spectrum", "double_image_ro", "boolean_scalar", "State", "throw_exception", "nope"]
PIPES = ["string_long_short_ro", "nope"]
PROPERTIES = ["Checked", "checked too"]
RANGES = ["0-1", "0-3", "1-2", "2-100000", "3-1"]
FILTERS = ["name", "value", "info", "!name", "!value", "quality", "nope"]
VALUES = ["1", "0", "2.5", "true", "a text", "[1,2]", ""]
STREAM = "/tango/stream"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def fetch(url: str, method: str = "GET", body: object = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=150) as answer:
        return answer.read()


def narrowed(description: dict, host: str, port: int, device: str) -> dict:
    domain, family, member = device.split("/")
    # Its answer does not end: see stream().
    del description["paths"][STREAM]
    # Another host may be one that does not answer, which is no error of the gateway: the Tango host becomes part of the path.
    fixed = {"host": host, "port": str(port)}
    description["paths"] = {
        path.replace("{host}", host).replace("{port}", str(port)): {
            **item, "parameters": [one for one in item.get("parameters", []) if one["$ref"].split("/")[-1] not in fixed]}
        for path, item in description["paths"].items()
    }
    paths = {
        "domain": [domain], "family": [family], "member": [member], "attribute": ATTRIBUTES,
        "command": COMMANDS, "pipe": PIPES, "property": PROPERTIES,
    }
    for name, values in paths.items():
        description["components"]["parameters"][name]["schema"] = {"enum": values}
    queries = {"attr": ATTRIBUTES, "filter": FILTERS, "v": VALUES, "host": [f"{host}:{port}"], "wildcard": ["*", "sys/*", "*/tg_test/1"]}
    for item in description["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", []) if isinstance(operation, dict) else []:
                name, schema = parameter["name"], parameter["schema"]
                if name == "range":
                    parameter["schema"] = {"enum": RANGES}
                elif name == "attributes":
                    schema["properties"] = {attribute: schema["additionalProperties"] for attribute in ATTRIBUTES}
                    schema["minProperties"] = 1
                elif name == "wildcard" and parameter.get("required"):
                    members = [f"{host}:{port}/{device}/{pattern}" for pattern in ("double_scalar", "State", "string_long*", "*", "nope")]
                    parameter["schema"] = {**schema, "items": {"enum": members}}
                elif name in queries:
                    values = {"enum": queries[name]}
                    parameter["schema"] = {**schema, "items": values} if schema["type"] == "array" else values
    return description


def poll(base: str, device: str) -> None:
    """Histories need polling."""
    server = json.loads(fetch(f"{base}/devices/{device}"))["info"]["server"]
    for kind, name in ("attribute", "double_scalar"), ("command", "State"):
        # Polled already, from a run before: 400.
        with contextlib.suppress(urllib.error.HTTPError):
            fetch(f"{base}/devices/dserver/{server}/commands/AddObjPolling", "PUT", {"lvalue": [100], "svalue": [device, kind, name]})


def stream(url: str, target: str) -> None:
    """Reads the first value of a stream."""
    with urllib.request.urlopen(f"{url}{STREAM}?target={target}&period=100", timeout=20) as answer:
        if answer.headers["Content-Type"] != "text/event-stream":
            raise SystemExit(f"{STREAM} answers {answer.headers['Content-Type']}")
        for line in answer:
            if line.startswith(b"data: "):
                return
    raise SystemExit(f"{STREAM} ended without a value")


def untried(url: str, description: dict) -> list[str]:
    """Operations that have not succeeded."""
    succeeded = set()
    for route, method, status in re.findall(
            r'^tango_rest_requests_total\{route="(.*?)",method="(.*?)",status="(.*?)"\}', fetch(f"{url}/metrics").decode(), re.MULTILINE):
        if status.startswith("2"):
            succeeded.add((route, method.lower()))
    missing = []
    for path, item in description["paths"].items():
        for method, operation in item.items():
            can_succeed = isinstance(operation, dict) and any(status.startswith("2") for status in operation["responses"])
            if can_succeed and (path, method) not in succeeded:
                missing.append(f"{method.upper()} {path}")
    return missing


def main() -> int:
    url, host, port, device = sys.argv[1:5]
    poll(f"{url}/tango/rest/v11/hosts/{host};port={port}", device)
    description = json.loads(fetch(f"{url}/tango/openapi.json"))
    tool = pathlib.Path(sys.executable).parent / "schemathesis"
    # One worker: Python 3.11 cannot take sources apart in two threads at once, which hypothesis does.
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "openapi.json"
        file.write_text(json.dumps(narrowed(copy.deepcopy(description), host, int(port), device)))
        run = subprocess.run(
            [sys.executable, tool, "run", file, "--url", url, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
             "--max-examples", "12", "--seed", "1", "--workers", "1", "--request-timeout", "150", "--generation-database", "none",
             "--warnings", "off", "--continue-on-failure", "--no-color"] + sys.argv[5:],
            cwd=folder, check=False)
    stream(url, f"{host}:{port}/{device}/double_scalar")
    missing = untried(url, description)
    for operation in missing:
        print(f"never succeeded: {operation}")
    return run.returncode or len(missing)


if __name__ == "__main__":
    sys.exit(main())
