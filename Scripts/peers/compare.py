#!/usr/bin/env python3
"""Compares two TangoTest devices; the first is the reference, the second may have more attributes and commands.

compare.py HOST_A DEVICE_A HOST_B DEVICE_B [--fresh] [--all] [--also polling,locks]

HOST is host:port of a database, or of the server itself when the device ends with #dbase=no.
--also: what a server may lack, compared only when asked for.
--fresh: nothing was written to either since its start, so what they show before a first write is compared too.
Each difference is one line on stdout (--all: tolerated ones too); exit status 1 when one is not tolerated.
"""

import argparse
import re
import sys

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
        if "polling" in report.also:
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
        "polling period of an unknown attribute": "polling" in report.also and (lambda d: d.poll_attribute("nosuch", 100)),
        "too short a polling period": "polling" in report.also and (lambda d: d.poll_attribute("double_scalar", 1)),
        "unlocking without a lock": databases and "locks" in report.also and (lambda d: d.unlock()),
    }.items():
        if not action:
            continue
        report.compare(what, "reason", reason(action, a), reason(action, b))


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
    print(f"{report.compared} comparisons, {report.unexpected} unexpected differences")
    return 1 if report.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
