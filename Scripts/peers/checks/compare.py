#!/usr/bin/env python3
"""Compares two TangoTest devices; the first is the reference, the second may have more attributes and commands.

compare.py HOST_A DEVICE_A HOST_B DEVICE_B [--fresh] [--all] [--also locks,logging]

HOST is host:port of a database, or of the server itself when the device ends with #dbase=no.
--also: what a server may lack, compared only on request.
--fresh: nothing was written to either since its start, so what they show before a first write is compared too.
Each difference is one line on stdout (--all: tolerated ones too); exit status 1 when one is not tolerated.
"""

import argparse
import re
import sys
import tempfile
import time

import tango
from pyclient import FAILING, ODD, gives_back, writable
from samples import arguments, array, brief, loses_long_image, open_device, plain, reason, same, writes

CONFIG_FIELDS = """writable data_format data_type max_dim_x max_dim_y description label unit standard_unit display_unit format
    min_value max_value writable_attr_name disp_level memorized enum_labels root_attr_name
    alarms.min_alarm alarms.max_alarm alarms.min_warning alarms.max_warning alarms.delta_t alarms.delta_val
    events.ch_event.rel_change events.ch_event.abs_change events.per_event.period events.arch_event.archive_rel_change
    events.arch_event.archive_abs_change events.arch_event.archive_period""".split()
COMMAND_FIELDS = "in_type out_type in_type_desc out_type_desc disp_level".split()

# What may differ between releases of the same interface: (subject, field) -> (values of A, values of B).
TOLERATED = {
    ("device", "description"): ({"A TANGO device", "A Tango device"},) * 2,
    ("device", "idl_version"): ({5, 6},) * 2,
    ("device", "doc_url"): (None, None),
}


class Report:
    def __init__(self, show_all, also=()):
        self.show_all, self.also, self.unexpected, self.compared = show_all, also, 0, 0

    def compare(self, subject, field, left, right):
        self.compared += 1
        if same(left, right):
            return
        allowed = TOLERATED.get((subject, field))
        tolerated = allowed is not None and all(a is None or v in a for a, v in zip(allowed, (left, right)))
        self.unexpected += not tolerated
        if self.show_all or not tolerated:
            print(f"{'tolerated' if tolerated else 'DIFFERS'}: {subject}: {field}: {brief(left)} | {brief(right)}", flush=True)


def field_of(value, path):
    for name in path.split("."):
        value = getattr(value, name)
    if isinstance(value, tango.StdStringVector):
        return list(value)
    return value if isinstance(value, (str, list)) else str(value)


def shape(got, config):
    """What of a value read is not random."""
    result = {
        "type": str(got.type),
        "format": str(got.data_format),
        "quality": str(got.quality),
        "set dimensions": [got.w_dim_x, got.w_dim_y],
        "number read and written": [got.nb_read, got.nb_written],
    }
    if config.name not in ODD:
        result["dimensions"] = [got.dim_x, got.dim_y]
    return result


def compare_device(report, a, b):
    for field, of in {
        "class": lambda d: d.info().dev_class,
        "doc_url": lambda d: d.info().doc_url,
        "idl_version": lambda d: d.get_idl_version(),
        "description": lambda d: d.description(),
        "state": lambda d: str(d.state()),
        "status": lambda d: d.status(),
        "admin class": lambda d: tango.DeviceProxy(d.adm_name()).info().dev_class,
    }.items():
        report.compare("device", field, of(a), of(b))


def both(names_a, names_b, report, what):
    """The names in A, all of which B must have, in the same order."""
    report.compare(what, "missing", [n for n in names_a if n not in names_b], [])
    common = [n for n in names_a if n in names_b]
    report.compare(what, "order", common, [n for n in names_b if n in names_a])
    return common


def result_of(action, *args):
    """What a call gives: its value or the reason and description of its error."""
    try:
        return plain(action(*args))
    except tango.DevFailed as failed:
        return ["error", failed.args[0].reason]


def samples_for(config, a, b):
    return [] if config.name == "long_image" and (loses_long_image(a) or loses_long_image(b)) else writes(config)


def compare_writes(report, a, b, config):
    values = samples_for(config, a, b)
    if config.data_format == tango.AttrDataFormat.SCALAR and tango.CmdArgType(config.data_type) == tango.CmdArgType.DevDouble:
        values = values + [float("nan"), float("inf")]
    elif config.data_format == tango.AttrDataFormat.SPECTRUM:
        values = values + [array(config.data_type, [values[1][0]] * (config.max_dim_x + 1))]
    for value in values:
        subject = f"{config.name} after writing {brief(value)}"
        left, right = (result_of(d.write_attribute, config.name, value) for d in (a, b))
        report.compare(subject, "outcome", left, right)
        if left or right:
            continue
        left, right = (d.read_attribute(config.name) for d in (a, b))
        report.compare(subject, "set value", left.w_value, right.w_value)
        report.compare(subject, "set dimensions", [left.w_dim_x, left.w_dim_y], [right.w_dim_x, right.w_dim_y])
        if gives_back(config) and config.name not in ODD:
            report.compare(subject, "value", left.value, right.value)
            report.compare(subject, "dimensions", [left.dim_x, left.dim_y], [right.dim_x, right.dim_y])


def compare_attributes(report, a, b, fresh):
    configs_a = {c.name: c for c in a.attribute_list_query_ex()}
    configs_b = {c.name: c for c in b.attribute_list_query_ex()}
    names = both(list(configs_a), list(configs_b), report, "attributes")
    for name in names:
        for field in CONFIG_FIELDS:
            report.compare(name, field, field_of(configs_a[name], field), field_of(configs_b[name], field))
        if name in FAILING:
            report.compare(name, "error", result_of(a.read_attribute, name), result_of(b.read_attribute, name))
            continue
        if writable(configs_a[name]) and not fresh:
            for device in (a, b):
                for value in samples_for(configs_a[name], a, b)[:1]:
                    device.write_attribute(name, value)
        left, right = (shape(d.read_attribute(name), configs_a[name]) for d in (a, b))
        if writable(configs_a[name]) and not fresh and not samples_for(configs_a[name], a, b):
            # Never written here, so the set part is whatever earlier clients left.
            for side in (left, right):
                del side["set dimensions"], side["number read and written"]
        for field in left:
            report.compare(name, field, left[field], right[field])
        report.compare(name, "is polled", a.is_attribute_polled(name), b.is_attribute_polled(name))
        if writable(configs_a[name]):
            compare_writes(report, a, b, configs_a[name])
        else:
            if name not in ("State", "Status") and configs_a[name].data_format == tango.AttrDataFormat.SCALAR:
                report.compare(name, "refusal", reason(a.write_attribute, name, 0), reason(b.write_attribute, name, 0))


def compare_commands(report, a, b):
    infos_a = {c.cmd_name: c for c in a.command_list_query()}
    infos_b = {c.cmd_name: c for c in b.command_list_query()}
    wrong = tango.DeviceData()
    wrong.insert(tango.CmdArgType.DevVarStringArray, ["one", "two"])
    for name in both(list(infos_a), list(infos_b), report, "commands"):
        for field in COMMAND_FIELDS:
            report.compare(name, field, str(getattr(infos_a[name], field)), str(getattr(infos_b[name], field)))
        for value in arguments(infos_a[name].in_type):
            given = () if value is None else (value,)
            left, right = (result_of(d.command_inout, name, *given) for d in (a, b))
            report.compare(f"{name}({brief(value) if given else ''})", "result", left, right)
        if infos_a[name].in_type not in (tango.CmdArgType.DevVoid, tango.CmdArgType.DevVarStringArray):
            left, right = (result_of(d.command_inout_raw, name, wrong) for d in (a, b))
            report.compare(f"{name}(a string array)", "result", left, right)
    for device in (a, b):
        if device.state() != tango.DevState.RUNNING:
            device.command_inout("SwitchStates")


def compare_errors(report, a, b):
    databases = a.is_dbase_used() and b.is_dbase_used()
    for what, action in {
        "reading an unknown attribute": lambda d: d.read_attribute("nosuch"),
        "configuration of an unknown attribute": lambda d: d.get_attribute_config("nosuch"),
        "writing an unknown attribute": lambda d: d.write_attributes([("nosuch", 1)]),
        "an unknown command": lambda d: d.command_inout("NoSuch"),
        "query of an unknown command": lambda d: d.command_query("NoSuch"),
        "history of an attribute that is not polled": lambda d: d.attribute_history("double_scalar", 2),
        "history of a command that is not polled": lambda d: d.command_history("State", 2),
        "black box of a negative depth": lambda d: d.black_box(-1),
        "polling period of an unknown attribute": lambda d: d.poll_attribute("nosuch", 100),
        "too short a polling period": lambda d: d.poll_attribute("double_scalar", 1),
        "unlocking without a lock": databases and "locks" in report.also and (lambda d: d.unlock()),
    }.items():
        if not action:
            continue
        report.compare(what, "reason", reason(action, a), reason(action, b))


def logging_steps(device, folder):
    """Logging commands of an admin device, good and bad, with what they leave behind shown in between."""
    for patterns in (["*"], [], [device], [device.upper()], ["no/such/dev", device, device], ["*" + device[3:]], ["tes*", "*a*/*"], ["", "?"]):
        yield "GetLoggingLevel", patterns
    for name in (device, device.upper(), "ADMIN", "no/such/dev", "No/Such/Dev", "*", ""):
        yield "GetLoggingTarget", name
    for names in ([device], [], ["no/such/dev", "console"], ["No*such", "Console"], ["", "console"]):
        yield "AddLoggingTarget", names
    for target in (
        ["x", "X::y", "", "::", "console:cout", "file:/x", "device", "device::", "device::no/such/dev", "device::*"]
        + ["console::", "CONSOLE::zz", "file", "file::", f"file::{folder}/one.log", f"FILE::{folder}/TWO.log", "file::three.log"]
        + ["file::/nosuch/dir/x.log", f"file::{folder}", "file::a::b"]
    ):
        yield "AddLoggingTarget", [device, target]
        yield "GetLoggingTarget", device
    yield "AddLoggingTarget", [device, "console", device, "x"]
    yield "AddLoggingTarget", ["*", "console"]
    yield "GetLoggingTarget", "ADMIN"
    for target in ("x", "", "*", "console::zz", "file::nosuch.log", f"file::{folder}/ONE.log", "device", "device::zz", "device::*", "file::*"):
        yield "RemoveLoggingTarget", [device, target]
        yield "GetLoggingTarget", device
    for names in ([device], [], ["no/such", "console"], ["*", "console::cout"]):
        yield "RemoveLoggingTarget", names
    yield "GetLoggingTarget", "ADMIN"
    for levels, names in (
        ([6], [device]), ([-1], ["nope"]), ([1, 2], [device]), ([1], [device, device]), ([], []), ([3], ["nope"]), ([4], [device]),
        ([5], ["*"]), ([1, 9], [device, device]),
    ):
        yield "SetLoggingLevel", (levels, names)
        yield "GetLoggingLevel", ["*"]
    for command in ("StopLogging", "StartLogging", "StartLogging", "StopLogging", "StopLogging", "StartLogging"):
        yield command, None
        yield "GetLoggingLevel", ["*"]
    yield "SetLoggingLevel", ([2], ["*"])
    yield "StartLogging", None
    yield "GetLoggingLevel", ["*"]
    # What survives, and that nothing of it is kept in the database.
    yield "SetLoggingLevel", ([5], [device])
    yield "AddLoggingTarget", [device, f"file::{folder}/one.log"]
    yield "PROPERTIES", device
    yield "DevRestart", device
    yield "GetLoggingLevel", [device]
    yield "GetLoggingTarget", device


def stack_of(failed):
    """Reasons and texts of an error, without those the client library adds."""
    return [[e.reason, e.desc.rstrip("\0")] for e in failed.args if not e.reason == "API_CommandFailed"]


def compare_logging(report, a, b):
    results = []
    for device in (a, b):
        admin, name, results_of_one = tango.DeviceProxy(device.adm_name()), device.dev_name().lower(), []
        server = "/".join(admin.dev_name().split("/")[1:])
        with tempfile.TemporaryDirectory() as folder:

            def common(text):
                text = re.sub(re.escape(folder), "FOLDER", str(text), flags=re.IGNORECASE)
                text = re.sub(re.escape(admin.dev_name()), "ADMIN", text, flags=re.IGNORECASE)
                text = re.sub(re.escape(name), "DEVICE", text, flags=re.IGNORECASE)
                text = text.replace(name.replace("/", "_"), "DEVICE_FILE")
                return re.sub(re.escape(server), "SERVER", text, flags=re.IGNORECASE)

            for command, argument in logging_steps(name, folder):
                argument = admin.dev_name() if argument == "ADMIN" else argument
                try:
                    if command == "PROPERTIES":
                        result = list(tango.Database().get_device_property_list(argument, "logging*"))
                    elif argument is None:
                        result = plain(admin.command_inout(command))
                    else:
                        result = plain(admin.command_inout(command, argument))
                except tango.DevFailed as failed:
                    result = stack_of(failed)
                results_of_one.append((common(f"{command}({argument})"), common(result)))
        results.append(results_of_one)
    for (step, left), (_, right) in zip(*results):
        report.compare(step, "answer", left, right)


def black_box_steps(device):
    """One request of every kind that a client can make, by name."""
    config = device.get_attribute_config("double_scalar")
    return {
        "ping": device.ping,
        "info": device.info,
        "state": lambda: device.state(),
        "status": lambda: device.status(),
        "name": device.name,
        "description": device.description,
        "adm_name": device.adm_name,
        "black box": lambda: device.black_box(1),
        "command list": device.command_list_query,
        "command query": lambda: device.command_query("dEVvOID"),
        "attribute list": device.get_attribute_list,
        "attribute configuration": lambda: device.get_attribute_config(["double_scalar", "STATE"]),
        "change of configuration": lambda: device.set_attribute_config(config),
        "command": lambda: device.command_inout("devVOID"),
        "unknown command": lambda: device.command_inout("NoSuch"),
        "read": lambda: device.read_attribute("Double_Scalar"),
        "read several": lambda: device.read_attributes(["short_scalar", "nope", "State"]),
        "write": lambda: device.write_attribute("double_scalar", 1.0),
        "write several": lambda: device.write_attributes([("double_scalar", 1.0), ("short_scalar", 2)]),
        "refused write": lambda: device.write_attribute("short_scalar_ro", 2),
        "write and read": lambda: device.write_read_attribute("double_scalar", 1.0),
        "write and read several": lambda: device.write_read_attributes(
            [("double_scalar", 1.0), ("short_scalar", 2)], ["short_scalar", "nope"]
        ),
        "attribute history": lambda: device.attribute_history("double_scalar", 2),
        "command history": lambda: device.command_history("State", 2),
    }


def compare_black_box(report, a, b):
    """Every line but its time, the host (a local socket has the machine's name) and what only a newer interface has."""

    def newest(device, step):
        try:
            step()
        except tango.DevFailed:
            pass
        line = device.black_box(1)[0]
        if not re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d:\d\d : .*", line):
            return f"malformed: {line}"
        text = line.split(" : ", 1)[1].replace("info_6", "info_3")
        return re.sub(r"requested from \S+( \(CPP/Python client|$)", r"requested from HOST\1", text)

    steps_a, steps_b = black_box_steps(a), black_box_steps(b)
    for name in steps_a:
        report.compare(f"black box after {name}", "line", newest(a, steps_a[name]), newest(b, steps_b[name]))
    for device in (a, b):
        for source in (tango.DevSource.DEV, tango.DevSource.CACHE, tango.DevSource.CACHE_DEV):
            device.set_source(source)
            reason(device.read_attribute, "double_scalar")
            reason(device.command_inout, "State")
        device.set_source(tango.DevSource.CACHE_DEV)
    left, right = ([line.split(" : ", 1)[1].split(" requested")[0] for line in d.black_box(6)] for d in (a, b))
    report.compare("black box", "sources", left, right)
    report.compare("black box", "lines kept", len(a.black_box(1000)), len(b.black_box(1000)))
    for count in (0, -1):
        report.compare(f"black box of {count}", "outcome", result_of(a.black_box, count), result_of(b.black_box, count))


# What is polled in the comparison. Periods are changed of slow, single objects only: 9.3.4 dead-locks otherwise.
POLLED = [
    ("attribute", "Double_Scalar", 200), ("attribute", "ampli", 200), ("attribute", "throw_exception", 150), ("attribute", "short_scalar", 0),
    ("attribute", "string_spectrum", 90_000), ("attribute", "no_value", 250), ("attribute", "double_image", 80_000),
    ("command", "devvoid", 300), ("command", "State", 350), ("attribute", "status", 400),
]  # fmt: skip


def errors_of(action, *args):
    """What a server answers: its value, or reason and description of the errors it sent (clients add one, and name the device)."""
    try:
        return plain(action(*args))
    except tango.DevFailed as failed:
        return ["error", failed.args[0].reason, failed.args[0].desc]


def polling_lines(device):
    """The polling status, with everything that is a time or a number of records replaced."""
    blocks = []
    for block in device.polling_status():
        lines = block.split("\n")
        for index, line in enumerate(lines):
            if line.startswith("\tOrigin"):
                lines[index] = "origin"
            elif " = " in line and ("Time needed" in line or "Delta" in line):
                lines[index] = re.sub(r"[0-9.]+", "n", line.split(" = ")[0]) + " = n"
            elif line.startswith("Data not updated"):
                lines[index] = "age"
        blocks.append(lines)
    return blocks


def history_of(device, name, count):
    # Newer clients cannot take the values of a history of State; those of a WRITE attribute are garbage on 9.3.4.
    return [
        [h.name, str(h.quality), h.has_failed, "" if name == "State" else str(h.type), h.dim_x, h.dim_y, h.w_dim_x, [e.reason for e in h.get_err_stack()] if h.has_failed else []]
        + ([brief(h.value), brief(h.w_value)] if name in ("string_spectrum", "Status") else [])
        for h in device.attribute_history(name, count)
    ]  # fmt: skip


def command_history_of(device, name, count):
    return [str(h.extract()) if not h.has_failed() else "failed" for h in device.command_history(name, count)]


def compare_polling(report, a, b):
    """The same polling on both. Needs a database: without one the C++ server calls all its cached values too old."""
    admins = [tango.DeviceProxy(d.adm_name()) for d in (a, b)]
    names = [d.dev_name() for d in (a, b)]

    def polling(what, make, field="reason"):
        left, right = (errors_of(make, *side) for side in zip((a, b), admins, names))
        if isinstance(left, list) and isinstance(right, list):
            left, right = ([t.replace(n, "DEVICE") if isinstance(t, str) else t for t in side] for side, n in ((left, names[0]), (right, names[1])))
        report.compare(what, field, left, right)

    def add(period, *texts):
        return lambda d, admin, name: admin.command_inout("AddObjPolling", ([period], [name, *texts]))

    def update(period, *texts):
        return lambda d, admin, name: admin.command_inout("UpdObjPollingPeriod", ([period], [name, *texts]))

    def remove(*texts):
        return lambda d, admin, name: admin.command_inout("RemObjPolling", [name, *texts])

    for field in COMMAND_FIELDS:
        for name in "AddObjPolling UpdObjPollingPeriod RemObjPolling DevPollStatus PolledDevice StartPolling StopPolling".split():
            report.compare(name, field, *(str(getattr(admin.command_query(name), field)) for admin in admins))
    report.compare("admin device", "status", *(admin.status() for admin in admins))
    for make in (update(100, "attribute", "ampli"), remove("attribute", "ampli"), remove("attribute", "nosuch"), remove("pipe", "x")):
        polling("nothing polled", make)
    for texts in (("attribute", "nosuch"), ("command", "NoSuch"), ("pipe", "x"), ("command", "Init"), ("command", "DevString")):
        polling(f"polling {texts}", add(100, *texts))
    for period in (4, 1, -4):
        polling(f"polling with {period}", add(period, "attribute", "ampli"))
    polling("too few arguments", lambda d, admin, name: admin.command_inout("AddObjPolling", ([100], [name, "attribute"])))
    polling("two periods", lambda d, admin, name: admin.command_inout("AddObjPolling", ([100, 2], [name, "attribute", "ampli"])))
    polling("removal without a name", lambda d, admin, name: admin.command_inout("RemObjPolling", [name, "attribute"]))
    polling("unknown device", lambda d, admin, name: admin.command_inout("AddObjPolling", ([100], ["no/such/device", "attribute", "x"])))
    polling("status of an unknown device", lambda d, admin, name: admin.command_inout("DevPollStatus", "no/such/device"))
    for kind, name, period in POLLED:
        polling(f"polling {name}", add(period, kind, name))
        polling(f"polling {name} again", add(period, kind, name))
    time.sleep(3)
    report.compare("polling", "status", *(polling_lines(d) for d in (a, b)))
    for admin, name in zip(admins, names):
        report.compare("polling", "listed devices", True, name in list(admin.command_inout("PolledDevice")))
    databases = [tango.Database(*d.get_db_host().split(":")[:1], d.get_db_port()) for d in (a, b)]
    for name in ("polled_attr", "polled_cmd", "non_auto_polled_attr", "non_auto_polled_cmd"):
        report.compare("property", name, *(list(db.get_device_property(n, name)[name]) for db, n in zip(databases, names)))
    for source in (tango.DevSource.CACHE, tango.DevSource.CACHE_DEV, tango.DevSource.DEV):
        for device in (a, b):
            device.set_source(source)
        for name in ("double_scalar", "AMPLI", "throw_exception", "short_scalar", "string_spectrum", "no_value", "long_scalar", "State", "Status", "nosuch"):
            left, right = (errors_of(lambda d: [(v := d.read_attribute(name)).name, str(v.quality), v.dim_x, v.w_dim_x], d) for d in (a, b))
            report.compare(f"{name} from {source}", "answer", left, right)
        for name in ("devvoid", "State", "Status", "DevVarDoubleArray", "NoSuch") + (("SwitchStates",) if source == tango.DevSource.CACHE else ()):
            left, right = (errors_of(d.command_inout, name) for d in (a, b))
            report.compare(f"{name} from {source}", "answer", left, right)
    for device in (a, b):
        device.set_source(tango.DevSource.CACHE_DEV)
    for name in ("ampli", "throw_exception", "no_value", "string_spectrum", "double_image", "State", "Status", "short_scalar", "long_scalar", "nosuch"):
        for count in (0, 1, 3, -1):
            report.compare(f"history of {name}", f"of {count}", *(errors_of(history_of, d, name, count) for d in (a, b)))
    for name in ("State", "Status", "DevVoid", "SwitchStates", "NoSuch", "DevString"):
        report.compare(f"history of {name}", "of 3", *(errors_of(command_history_of, d, name, 3) for d in (a, b)))
    polling("changing a period", update(70_000, "attribute", "String_Spectrum"))
    polling("changing to too short a period", update(4, "attribute", "string_spectrum"))
    polling("changing what is not polled", update(100, "attribute", "long_scalar"))
    polling("changing what does not exist", update(100, "attribute", "nosuch"))
    polling("changing another type", update(100, "pipe", "ampli"))
    for what, action in {
        "is polled": lambda d: [d.is_attribute_polled("ampli"), d.is_command_polled("State"), d.is_attribute_polled("long_scalar")],
        "periods": lambda d: [d.get_attribute_poll_period("string_spectrum"), d.get_command_poll_period("devvoid")],
        "cached value after DevRestart": lambda d: tango.DeviceProxy(d.adm_name()).command_inout("DevRestart", d.dev_name()),
    }.items():
        report.compare("polling", what, *(errors_of(action, d) for d in (a, b)))
    report.compare("polling after DevRestart", "objects", *([b[:2] for b in polling_lines(d)] for d in (a, b)))
    polling("removing what is not polled", remove("attribute", "long_scalar"))
    polling("removing another type", remove("pipe", "ampli"))
    for kind, name, _ in POLLED:
        polling(f"removing {name}", remove(kind, name))
    report.compare("polling", "status at the end", *(list(d.polling_status()) for d in (a, b)))
    for name in ("polled_attr", "polled_cmd"):
        report.compare("property", f"{name} at the end", *(list(db.get_device_property(n, name)[name]) for db, n in zip(databases, names)))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("host_a", "device_a", "host_b", "device_b"):
        parser.add_argument(name)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--also", default="")
    options = parser.parse_args()
    a, b = open_device(options.host_a, options.device_a), open_device(options.host_b, options.device_b)
    for device in (a, b):
        device.command_inout("Init")
    report = Report(options.all, options.also.split(","))
    compare_device(report, a, b)
    compare_errors(report, a, b)
    compare_attributes(report, a, b, options.fresh)
    compare_commands(report, a, b)
    compare_black_box(report, a, b)
    if "logging" in report.also:
        compare_logging(report, a, b)
    if a.is_dbase_used() and b.is_dbase_used():
        compare_polling(report, a, b)
    print(f"{report.compared} comparisons, {report.unexpected} unexpected differences")
    return 1 if report.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
