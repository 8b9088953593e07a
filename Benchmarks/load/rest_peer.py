#!/usr/bin/env python3
"""A minimal REST gateway on aiohttp and PyTango: what people write by hand. Only there to be measured.

rest_peer.py PORT

Serves the value of one attribute and of several, in the form of the Tango REST API.
"""

import sys

import tango
import tango.asyncio
from aiohttp import web

proxies = {}


async def proxy(request):
    host, port = request.match_info["host"].split(";port=")
    name = f"tango://{host}:{port}/{request.match_info['device']}"
    if name not in proxies:
        proxies[name] = await tango.asyncio.DeviceProxy(name)
    return proxies[name]


def entity(request, value):
    number = value.value
    return {
        "name": value.name,
        "value": number.tolist() if hasattr(number, "tolist") else number,
        "quality": str(value.quality),
        "timestamp": int(value.time.totime() * 1000),
        "host": request.match_info["host"].replace(";port=", ":"),
        "device": request.match_info["device"],
    }


async def one(request):
    device = await proxy(request)
    return web.json_response(entity(request, await device.read_attribute(request.match_info["name"])))


async def several(request):
    device = await proxy(request)
    values = await device.read_attributes(request.query.getall("attr"))
    return web.json_response([entity(request, value) for value in values])


def main():
    app = web.Application()
    base = "/tango/rest/v1.0/hosts/{host}/devices/{device:[^/]+/[^/]+/[^/]+}/attributes"
    app.router.add_get(base + "/value", several)
    app.router.add_get(base + "/{name}/value", one)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=lambda _: print("Ready to accept request", flush=True))


if __name__ == "__main__":
    main()
