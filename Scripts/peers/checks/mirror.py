#!/usr/bin/env python3
"""Compares the interface and the recorded values of a twin with its original: mirror.py ORIGINAL TWIN (names in TANGO_HOST or locators).

Each difference is one line on stdout; exit status 1 when there is one."""

import sys

import tango
from compare import COMMAND_FIELDS, CONFIG_FIELDS, field_of
from samples import same

original, twin = (tango.DeviceProxy(name) for name in sys.argv[1:3])
differences = 0


def compare(subject, left, right):
    global differences
    if not same(left, right):
        differences += 1
        print(f"DIFFERS: {subject}: {left!r} | {right!r}", flush=True)


configs = [{c.name: c for c in device.attribute_list_query_ex()} for device in (original, twin)]
compare("attributes", list(configs[0]), list(configs[1]))
for name in configs[0].keys() & configs[1].keys():
    for field in CONFIG_FIELDS:
        compare(f"{name}.{field}", field_of(configs[0][name], field), field_of(configs[1][name], field))
commands = [{c.cmd_name: c for c in device.command_list_query()} for device in (original, twin)]
compare("commands", list(commands[0]), list(commands[1]))
for name in commands[0].keys() & commands[1].keys():
    for field in COMMAND_FIELDS:
        compare(f"{name}.{field}", str(getattr(commands[0][name], field)), str(getattr(commands[1][name], field)))
compare("class", original.info().dev_class, twin.info().dev_class)
compare("state", original.state(), twin.state())
compare("status", original.status(), twin.status())

# A twin looks like the original at one moment: types and shapes of all values, and the values that do not change by themselves.
STEADY = {"string_scalar", "boolean_scalar", "string_spectrum", "boolean_spectrum", "string_image", "boolean_image", "encoded_scalar"}
for name, config in configs[0].items():
    answers = []
    for device in (original, twin):
        try:
            value = device.read_attribute(name)
            shape = [str(value.type), str(value.quality), value.dim_x, value.dim_y, value.w_dim_x, value.w_dim_y]
            answers.append(shape + ([repr(value.value)] if name.lower() in STEADY else []))
        except tango.DevFailed as failure:
            answers.append([failure.args[0].reason, failure.args[0].desc])
    compare(f"{name} read", *answers)
if "DevDouble" in commands[0]:
    compare("DevDouble", 2.5, twin.command_inout("DevDouble", 2.5))
print(f"{len(configs[0])} attributes and {len(commands[0])} commands compared, {differences} differences")
sys.exit(1 if differences else 0)
