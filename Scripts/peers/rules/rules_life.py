"""Sections 4 and 22 of rules.py: Init, DevRestart, restarts of the server, members added and removed at run time."""

import tango
from rules_support import KINDS
from rules_values import samples, set_part


def restarts(c):
    """4.3, 4.4, 4.6, 9.6: what each kind of restart keeps."""
    written = {}
    for kind, name in c.targets(KINDS, ("plain", "spec", "image", "mem", "mem_init")):
        values = samples(c.sides[0].proxy.get_attribute_config(name))
        if values:
            written[name] = values[min(1, len(values) - 1)]
    ways = {
        "Init": lambda side: side.command("Init"),
        "DevRestart": lambda side: side.restart(),
        "Init of the administration device": lambda side: side.restart_server(),
    }
    for what, action in ways.items():
        for name, value in written.items():
            c.check("10.2", f"writing {name}", lambda side: side.proxy.write_attribute(name, value))
        config = "string_plain" if c.has_rules else "string_scalar"
        c.check("12.3", "changing a label", lambda side: side.configure(config, label="changed"))
        c.check("4.3", f"{what}: outcome", action)
        for name in written:
            c.check("4.3", f"{name} after {what}", lambda side: side.read(name)[name] if c.has_rules else set_part(side, name))
            c.check("4.3", f"{name} after {what}: database", lambda side: side.stored(name))
        c.check_config("4.3", f"{config} after {what}", config)
        c.condition("4.3", f"after {what}")
    if c.has_rules:
        c.do(lambda side: side.command("SetStatus", "a text"))
        c.do(lambda side: side.command("SetState", tango.DevState.MOVING))
        for what, action in ways.items():
            c.do(action)
            c.condition("4.3", f"state and status set before, after {what}")
            c.do(lambda side: side.command("SetStatus", "a text"))
    c.do(lambda side: side.forget())
    c.restart()
    # RestartServer answers at once; the set value tells when it is over.
    name = c.targets(("double",))[0][1]
    c.do(lambda side: side.proxy.write_attribute(name, 5.0))
    c.check("4.6", "RestartServer: outcome", lambda side: side.admin.command_inout("RestartServer"))
    for side in c.sides:
        for _ in range(100):
            try:
                if side.proxy.read_attribute(name).w_value == 0:
                    break
            except tango.DevFailed:
                pass
            c.wait(0.1)
    c.check("4.6", f"{name} after RestartServer", lambda side: set_part(side, name))
    c.check("4.6", "devices after RestartServer", lambda side: list(side.admin.command_inout("QueryDevice")))
    c.condition("4.6", "after RestartServer")
    names(c)
    if c.has_rules:
        failing(c)


def names(c):
    """4.4: the forms of a device's name that DevRestart takes."""
    for what, make in {
        "upper case": lambda side: side.name.upper(),
        "with a host": lambda side: f"tango://{side.host}/{side.name}",
        "with a property": lambda side: f"{side.name}#dbase=yes",
        "unknown": lambda side: "no/such/device",
        "not a name": lambda side: "nonsense",
        "nothing": lambda side: "",
        "the administration device": lambda side: side.admin_name,
    }.items():
        c.check("4.4", f"DevRestart of a name {what}: outcome", lambda side: side.admin.command_inout("DevRestart", make(side)))
        c.condition("4.4", f"after DevRestart of a name {what}")
    c.check("6.5", "DevRestart without argument", lambda side: side.admin.command_inout("DevRestart"))


def failing(c):
    """4.3, 4.5: initializations that fail."""
    for what, action in {
        "Init": lambda side: side.command("Init"),
        "DevRestart": lambda side: side.restart(),
        "a restart of the server": lambda side: side.restart_server(),
    }.items():
        c.do(lambda side: side.database.put_device_property(side.name, {"FailInit": ["yes"]}))
        c.check("4.5", f"{what} that fails: outcome", action)
        c.condition("3.3", f"{what} that failed")
        c.check("4.5", f"{what} that failed: reading", lambda side: side.read("double_plain"))
        c.check("4.5", f"{what} that failed: QueryDevice", lambda side: list(side.admin.command_inout("QueryDevice")))
        c.check("4.5", f"{what} that failed, DevRestart: outcome", lambda side: side.restart())
        c.do(lambda side: side.database.delete_device_property(side.name, "FailInit"))
        c.check("4.3", f"{what} that failed, Init: outcome", lambda side: side.command("Init"))
        c.do(lambda side: side.restart_server())
        c.wait(1.5)  # client libraries do not try to connect again earlier
        c.condition("4.3", f"{what} that failed, restart of the server")


def add(name, kind="double", data_format="scalar", access="rw", *options):
    return lambda side: side.command("AddAttribute", [name, kind, data_format, access, *options])


def attributes(c):
    """22.1 to 22.5."""
    if not c.has_rules:
        return
    for kind in KINDS:
        for data_format in ("scalar", "spectrum", "image"):
            if kind == "encoded" and data_format != "scalar":
                continue
            # Of added WRITE spectra and images libtango gives freed memory as the set value.
            for access in ("r", "w", "rw") if data_format == "scalar" else ("r", "rw"):
                name = f"dyn_{kind}_{data_format}_{access}"
                c.check("22.1", f"adding {name}: outcome", add(name, kind, data_format, access))
                c.check("22.1", f"order after adding {name}", lambda side: list(side.proxy.get_attribute_list())[-4:])
                c.check_config("22.1", f"{name} added", name)
                c.reading("22.1", f"{name} added", name)
                values = samples(c.sides[0].proxy.get_attribute_config(name))
                if access != "r" and values:
                    c.check("22.1", f"{name}: writing: outcome", lambda side: side.proxy.write_attribute(name, values[0]))
                    c.reading("22.1", f"{name} written", name.upper())
                c.check("22.4", f"removing {name}: outcome", lambda side: side.command("RemoveAttribute", [name, "clean"]))
                c.reading("22.4", f"{name} removed", name)
    added = ("dyn_again", "dyn_kept", "dyn_wrong", "dyn_limited", "dyn_crossed", "dyn_string", "dyn_mem", "dyn_no_mem", "dyn_a", "dyn_b")
    for part in (again, removing, limited, remembered, living):
        c.do(lambda side: side.forget(*added))
        part(c)
    c.do(lambda side: side.forget(*added))


def again(c):
    c.do(add("dyn_again"))
    for definition in (
        ("dyn_again",), ("DYN_AGAIN",), ("dyn_again", "long"), ("dyn_again", "double", "spectrum"), ("dyn_again", "double", "scalar", "r"),
        ("dyn_again", "double", "scalar", "rw", "label=other"), ("dyn_again", "double", "scalar", "rw", "memorized=yes"),
        ("double_plain",), ("double_plain", "long"), ("DOUBLE_PLAIN", "double", "image"), ("double_mem",),
        ("State",), ("State", "state", "scalar", "r"), ("Status", "string", "scalar", "r"), ("state", "double", "scalar", "r"),
        ("long_spec", "long", "spectrum"), ("enum_plain", "enum"),
    ):  # fmt: skip
        c.check("22.2", f"adding {definition} again: outcome", add(*definition))
        c.check("22.2", f"{definition[0]} after adding {definition} again", lambda side: side.config(definition[0]))
        c.check("22.2", f"list after adding {definition} again", lambda side: list(side.proxy.get_attribute_list())[-5:])
    c.do(lambda side: side.restart_server())


def removing(c):
    for name in ("nosuch", "State", "Status", "status"):
        c.check("22.4", f"removing {name}: outcome", lambda side: side.command("RemoveAttribute", [name, "clean"]))
    c.check("22.4", "removing a static one: outcome", lambda side: side.command("RemoveAttribute", ["expert", "clean"]))
    c.reading("22.4", "a static one removed", "expert", "State")
    c.check("22.4", "list after removing a static one", lambda side: [name for name in side.proxy.get_attribute_list() if name == "expert"])
    c.restart()
    c.reading("22.4", "a static one removed, DevRestart", "expert")
    c.do(lambda side: side.restart_server())
    c.reading("22.4", "a static one removed, restart of the server", "expert")
    for clean in ("clean", "keep"):
        c.do(add("dyn_kept"))
        c.check(
            "22.4", f"dyn_kept: label, to be removed with {clean}", lambda side: side.configure("dyn_kept", label="changed", min_alarm="1")
        )
        c.check("22.4", f"removing dyn_kept with {clean}: outcome", lambda side: side.command("RemoveAttribute", ["DYN_KEPT", clean]))
        c.check("22.4", f"dyn_kept removed with {clean}: database", lambda side: side.stored("dyn_kept"))
        c.do(add("dyn_kept"))
        c.check_config("22.5", f"dyn_kept added again after {clean}", "dyn_kept")
        c.do(lambda side: side.command("RemoveAttribute", ["dyn_kept", "clean"]))
        c.check("22.4", f"dyn_kept removed at last ({clean}): database", lambda side: side.stored("dyn_kept"))
    # While it is wrongly configured, and while it is in alarm.
    c.do(lambda side: side.store({"dyn_wrong": {"min_value": "abc"}}))
    c.check("22.5", "adding a wrongly configured one: outcome", add("dyn_wrong"))
    c.condition("12.12", "a wrongly configured one added")
    c.reading("12.12", "a wrongly configured one added", "dyn_wrong")
    c.check("22.4", "removing a wrongly configured one: outcome", lambda side: side.command("RemoveAttribute", ["dyn_wrong", "clean"]))
    c.condition("12.12", "a wrongly configured one removed")
    c.do(lambda side: side.forget("dyn_wrong"))
    c.do(lambda side: side.restart_server())


def limited(c):
    for kind in ("double", "long", "uchar"):
        options = ("min_alarm=20", "max_alarm=90", "min_value=5", "max_value=95", "label=A label", "unit=mm")
        c.check("22.1", f"adding {kind} with limits: outcome", add("dyn_limited", kind, "scalar", "rw", *options))
        c.check_config("22.1", f"{kind} with limits", "dyn_limited")
        for level in (50, 10, 95, 96, 4, 50):
            c.check("10.2", f"{kind} with limits: writing {level}", lambda side: side.proxy.write_attribute("dyn_limited", level))
            c.reading("11.1", f"{kind} with limits: {level}", "dyn_limited")
            c.condition("7.2", f"{kind} with limits: {level}")
        c.check("22.1", f"{kind} with limits: min_alarm changed", lambda side: side.configure("dyn_limited", min_alarm="60"))
        c.condition("7.2", f"{kind} with limits: min_alarm changed")
        c.do(lambda side: side.command("RemoveAttribute", ["dyn_limited", "clean"]))
        c.condition("7.2", f"{kind} with limits: removed while in alarm")
    c.check("22.1", "adding one with a wrong limit: outcome", add("dyn_limited", "double", "scalar", "rw", "min_value=abc"))
    c.check("22.1", "adding one with crossed limits: outcome", add("dyn_crossed", "double", "scalar", "rw", "min_value=5", "max_value=1"))
    c.check("22.1", "adding a string with limits: outcome", add("dyn_string", "string", "scalar", "rw", "min_value=5"))
    for name in ("dyn_limited", "dyn_crossed", "dyn_string"):
        c.reading("22.1", f"{name} of a wrong definition", name)
        c.check("22.1", f"{name} of a wrong definition: configuration", lambda side: side.config(name))
    c.condition("22.1", "after wrong definitions")
    c.do(lambda side: side.restart_server())


def remembered(c):
    for how in ("yes", "init"):
        for kind, value in (("double", 12.5), ("string", "kept"), ("boolean", True), ("enum", 2), ("long64", 2**40)):
            c.check("22.5", f"adding memorized={how} {kind}: outcome", add("dyn_mem", kind, "scalar", "rw", f"memorized={how}"))
            c.check("22.5", f"memorized={how} {kind}: writing", lambda side: side.proxy.write_attribute("dyn_mem", value))
            c.check_config("22.5", f"memorized={how} {kind} written", "dyn_mem")
            for clean in ("keep", "clean"):
                c.do(lambda side: side.command("RemoveAttribute", ["dyn_mem", clean]))
                c.check("22.5", f"memorized={how} {kind} removed with {clean}: database", lambda side: side.stored("dyn_mem"))
                c.do(add("dyn_mem", kind, "scalar", "rw", f"memorized={how}"))
                c.reading("22.5", f"memorized={how} {kind} removed with {clean} and added again", "dyn_mem")
                c.condition("22.5", f"memorized={how} {kind} removed with {clean} and added again")
            c.do(lambda side: side.command("RemoveAttribute", ["dyn_mem", "clean"]))
    for kind, data_format, access in (
        ("state", "scalar", "rw"),
        ("encoded", "scalar", "rw"),
        ("double", "spectrum", "rw"),
        ("double", "scalar", "r"),
    ):
        c.check(
            "13.1",
            f"adding memorized {kind} {data_format} {access}: outcome",
            add("dyn_no_mem", kind, data_format, access, "memorized=yes"),
        )
        c.check("13.1", f"memorized {kind} {data_format} {access}: there", lambda side: "dyn_no_mem" in side.proxy.get_attribute_list())
        c.do(lambda side: side.restart_server())


def living(c):
    """22.3: what restarts make of added attributes and commands."""
    c.do(add("dyn_a"))
    c.do(add("dyn_b", "long", "spectrum", "r"))
    c.do(lambda side: side.proxy.write_attribute("dyn_a", 5.0))
    for what, action in {
        "Init": lambda side: side.command("Init"),
        "DevRestart": lambda side: side.restart(),
        "a restart of the server": lambda side: side.restart_server(),
    }.items():
        c.do(action)
        c.check("22.3", f"list after {what}", lambda side: [name for name in side.proxy.get_attribute_list() if "dyn" in name])
        c.check(
            "22.3",
            f"values after {what}",
            lambda side: {name: value.get("set value", "failed") for name, value in side.read("dyn_a", "dyn_b").items()},
        )


def commands(c):
    """22.7."""
    if not c.has_rules:
        return
    for level in ("device", "class"):
        for definition in (
            ("Dyn", "DevDouble", "DevDouble"), ("Dyn", "DevDouble", "DevDouble"), ("DYN", "DevDouble", "DevDouble"), ("Dyn", "DevLong", "DevLong"),
            ("Dyn", "DevDouble", "DevVoid"), ("Another", "DevVoid", "DevVoid"), ("AAA", "DevString", "DevString"),
            ("Echo", "DevDouble", "DevDouble"), ("Echo", "DevLong", "DevDouble"), ("State", "DevVoid", "DevState"), ("Init", "DevVoid", "DevVoid"),
            ("Status", "DevLong", "DevVoid"),
        ):  # fmt: skip
            subject = f"adding command {' '.join(definition)} of the {level}"
            c.check("22.7", f"{subject}: outcome", lambda side: side.command("AddCommand", [*definition, level]))
            c.check("22.7", f"{subject}: list", lambda side: list(side.proxy.get_command_list()))
            c.check("22.7", f"{subject}: query", lambda side: query(side, definition[0]))
        c.check("22.7", f"Dyn of the {level}", lambda side: side.command("Dyn", 2.5))
        c.check("22.7", f"Another of the {level}", lambda side: side.command("Another"))
        c.do(lambda side: side.command("Init"))
        c.check("22.7", f"list after Init ({level})", lambda side: list(side.proxy.get_command_list()))
        c.restart()
        c.check("22.7", f"list after DevRestart ({level})", lambda side: list(side.proxy.get_command_list()))
        for name in ("Dyn", "another", "AAA", "NoSuch", "Echo"):
            c.check("22.7", f"removing command {name} ({level}): outcome", lambda side: side.command("RemoveCommand", name))
            c.check("22.7", f"list after removing command {name} ({level})", lambda side: list(side.proxy.get_command_list()))
        c.check("22.7", f"Echo removed ({level})", lambda side: side.command("Echo", 1.0))
        c.do(lambda side: side.restart_server())
        c.check("22.7", f"list after a restart of the server ({level})", lambda side: list(side.proxy.get_command_list()))


def query(side, name):
    info = side.proxy.get_command_config(name)
    return [info.cmd_name, str(info.in_type), str(info.out_type), str(info.disp_level)]


SECTIONS = {"4": restarts, "22": attributes, "22-commands": commands}
