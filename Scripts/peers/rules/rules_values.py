"""Sections 7, 9, 10, 11 and 13 of rules.py: values, their quality and what State makes of it, memorized values."""

import itertools

import numpy as np
import tango
from rules_support import KINDS, NUMBERS
from samples import NUMBERS as LIMITS_OF_NUMBERS
from samples import array, cycle, scalars, writes

T = tango.CmdArgType


def reset(c):
    c.restart()


# Section 7 and 11: qualities, State, Status.


def qualities(c):
    """11.1, 11.2, 7.2, 7.5: limits, the quality they give, and State and Status after it."""
    if not c.has_rules:
        return
    levels = ["0", "10", "19", "20", "21", "29", "30", "31", "50", "79", "80", "81", "89", "90", "91", "100", "120"]
    for kind in NUMBERS:
        for purpose in ("user", "spec", "image"):
            name = f"{kind}_{purpose}"
            for level in levels:
                elements = {"user": ["1", "0", level], "spec": ["3", "0", "50", level, "50"], "image": ["2", "2", "50", "50", "50", level]}[
                    purpose
                ]
                c.do(lambda side: side.command("SetValue", [name, *elements]))
                c.reading("11.1", f"{name} is {level}", name)
                c.condition("7.2", f"{name} is {level}")
            c.do(
                lambda side: side.command(
                    "SetValue", [name, *(["1", "0", "50"] if purpose == "user" else ["1", str(int(purpose == "image")), "50"])]
                )
            )
            c.condition("7.2", f"{name} is fine again")
    c.check("11.1", "limits of a WRITE attribute: outcome", lambda side: side.configure("write_only", min_alarm="20", max_warning="90"))
    for value in (50, 10, 95):
        c.do(lambda side: side.proxy.write_attribute("write_only", value))
        c.reading("11.1", f"a WRITE attribute with limits is {value}", "write_only")
        c.condition("7.2", f"a WRITE attribute with limits is {value}")
    c.do(lambda side: side.forget("write_only"))
    for text in ("nan", "inf", "-inf"):
        for name in ("double_user", "float_user"):
            c.do(lambda side: side.command("SetValue", [name, "1", "0", text]))
            c.reading("11.1", f"{name} is {text}", name)
            c.condition("7.2", f"{name} is {text}")
    reset(c)
    # Alarm and warning limits without each other, and on one side only.
    for limits in (
        {"min_alarm": "20"}, {"max_alarm": "20"}, {"min_warning": "20"}, {"max_warning": "20"}, {"min_alarm": "20", "max_warning": "10"},
        {"max_alarm": "10", "min_warning": "20"}, {"min_alarm": "20.5"}, {"max_alarm": "19.9999999999"},
    ):  # fmt: skip
        for name in ("double_plain", "long_plain", "uchar_plain", "float_plain"):
            c.do(lambda side: side.forget(name))
            c.do(lambda side: side.store({name: limits}))
            reset(c)
            for level in ("5", "20", "21", "50"):
                c.do(lambda side: side.command("SetValue", [name, "1", "0", level]))
                c.reading("11.1", f"{name} {limits} is {level}", name)
                c.condition("7.2", f"{name} {limits} is {level}")
            c.do(lambda side: side.forget(name))
    reset(c)


def lines(c):
    """7.5: several attributes in alarm, labels, order."""
    if not c.has_rules:
        return
    values = {"double_user": "95", "long_user": "85", "uchar_user": "20", "float_user": "25"}
    for count in range(1, 5):
        for names in itertools.combinations(values, count):
            c.do(lambda side: [side.command("SetValue", [name, "1", "0", values[name]]) for name in names])
            c.condition("7.5", f"{', '.join(names)} in alarm")
            c.condition("7.5", f"{', '.join(names)} in alarm, again")
            c.do(lambda side: [side.command("SetValue", [name, "1", "0", "50"]) for name in names])
            c.condition("7.5", f"{', '.join(names)} fine again")
    for label in ("No label", "A label", "no label", "", " "):
        c.check("7.5", f"label {label!r}: outcome", lambda side: side.configure("double_user", label=label))
        c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", "95"]))
        c.condition("7.5", f"label {label!r}")
        c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", "20"]))
        c.condition("7.5", f"label {label!r}, too low")
        c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", "30"]))
        c.condition("7.5", f"label {label!r}, warning")
        c.do(lambda side: side.command("SetQuality", ["read_plain", "ALARM"]))
        c.do(lambda side: side.read("read_plain"))
        c.condition("7.5", f"label {label!r} and quality ALARM of another")
        c.do(lambda side: side.command("SetQuality", ["read_plain", "NONE"]))
    c.do(lambda side: side.forget("double_user"))
    reset(c)


def states(c):
    """7.1, 7.2: states set by the device, with and without an alarm."""
    if not c.has_rules:
        return
    c.condition("7.1", "at the start")
    for state in tango.DevState.names.values():
        for status in (None, "a text", ""):
            for level in ("50", "95", "85", "50"):
                c.do(lambda side: side.command("SetState", state))
                if status is not None:
                    c.do(lambda side: side.command("SetStatus", status))
                c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", level]))
                c.condition("7.2", f"{state} with status {status!r}, double_user {level}")
                c.condition("7.2", f"{state} with status {status!r}, double_user {level}, again")
            c.do(lambda side: side.command("SetState", tango.DevState.ON))
            c.condition("7.2", f"ON after {state} with status {status!r}")
        reset(c)
    # The device says ALARM while the kernel does, and takes it back.
    for first, then in itertools.product((tango.DevState.ON, tango.DevState.ALARM), (tango.DevState.ON, tango.DevState.ALARM)):
        c.do(lambda side: side.command("SetState", first))
        c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", "95"]))
        c.condition("7.2", f"{first}, alarm")
        c.do(lambda side: side.command("SetState", then))
        c.condition("7.2", f"{first}, alarm, then {then}")
        c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", "50"]))
        c.condition("7.2", f"{first}, alarm, then {then}, no alarm")
        reset(c)
    # Only the State, only the Status, in every form, first.
    for what, action in {
        "state()": lambda side: str(side.proxy.state()),
        "status()": lambda side: side.proxy.status(),
        "State": lambda side: str(side.command("State")),
        "Status": lambda side: side.command("Status"),
        "attribute State": lambda side: side.read("State"),
        "attribute Status": lambda side: side.read("Status"),
        "attributes Status, State": lambda side: side.read("Status", "State"),
        "attributes sTATE, sTATUS": lambda side: side.read("sTATE", "sTATUS"),
    }.items():
        for level in ("95", "50", "20", "50", "80", "30"):
            c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", level]))
            c.check("7.8", f"{what} alone, double_user {level}", action)
    reset(c)


def by_code(c):
    """7.2, 7.4, 9.7, 11.2: qualities given by the device."""
    if not c.has_rules:
        return
    for name in (
        "double_user",
        "read_plain",
        "double_plain",
        "string_plain",
        "boolean_plain",
        "enum_plain",
        "state_plain",
        "long_spec",
        "encoded_plain",
        "read_image",
    ):
        for quality in ("VALID", "ALARM", "WARNING", "CHANGING", "INVALID", "VALID"):
            for level in (None, "95") if name == "double_user" else (None,):
                c.do(lambda side: side.command("SetQuality", [name, quality]))
                if level:
                    c.do(lambda side: side.command("SetValue", [name, "1", "0", level]))
                subject = f"{name} {quality}" + (f" at {level}" if level else "")
                c.condition("7.2", f"{subject}, not read yet")
                c.reading("9.7", subject, name)
                c.condition("7.2", f"{subject}, read")
                c.reading("7.4", f"{subject} together with State", name, "State")
                c.reading("7.4", f"State together with {subject}", "State", "Status", name)
                c.check("9.5", f"{subject}, time given", lambda side: timed(side, name, quality))
        c.do(lambda side: side.command("SetQuality", [name, "NONE"]))
        c.condition("7.2", f"{name} NONE, not read yet")
        c.reading("9.7", f"{name} NONE", name)
        c.condition("7.2", f"{name} NONE, read")
        reset(c)
    # Alarmed attributes that cannot be read.
    for what in ("read", "nothing", "INVALID", "forbidden"):
        name = "forbidden" if what == "forbidden" else "double_user"
        c.do(lambda side: side.command("SetValue", [name, "1", "0", "95"]))
        c.condition("7.2", f"{name} in alarm")
        if what in ("read", "nothing"):
            c.do(lambda side: side.command("Fail", [name, what]))
        elif what == "INVALID":
            c.do(lambda side: side.command("SetQuality", [name, what]))
        else:
            c.do(lambda side: side.command("SetState", tango.DevState.STANDBY))
            c.reading("9.2", "forbidden in STANDBY", name)
            c.do(lambda side: side.command("SetState", tango.DevState.ON))
        c.condition("7.2", f"{name} in alarm, then {what}")
        c.reading("7.4", f"{name} in alarm, then {what}: together", name, "State", "Status")
        reset(c)


def timed(side, name, quality):
    side.command("SetQuality", [name, quality, "1000000000.25"])
    got = side.proxy.read_attribute(name)
    side.command("SetQuality", [name, quality])
    return [got.time.tv_sec, got.time.tv_usec, got.time.tv_nsec, str(got.quality)]


def rds(c):
    """11.3: read too different than set."""
    if not c.has_rules:
        return
    for name, fine, wrong in (
        ("rds", ["1", "0", "50"], ["1", "0", "60"]),
        ("rds_spec", ["3", "0", "1", "2", "3"], ["3", "0", "1", "9", "3"]),
    ):
        c.do(lambda side: side.command("SetValue", [name, *wrong]))
        c.reading("11.3", f"{name} before the first write", name)
        c.condition("11.3", f"{name} before the first write")
        value = 50.0 if name == "rds" else np.array([1, 2, 3], dtype=np.int32)
        for elements in (
            fine,
            wrong,
            fine,
            [*wrong[:-1], "55"],
            [*wrong[:-1], "45"],
            [*wrong[:-1], "54"],
            [*wrong[:-1], "nan" if name == "rds" else "-9"],
        ):
            c.do(lambda side: side.proxy.write_attribute(name, value))
            c.do(lambda side: side.command("SetValue", [name, *elements]))
            c.wait(0.06)
            c.reading("11.3", f"{name} written and {elements}", name)
            c.condition("11.3", f"{name} written and {elements}")
            c.condition("11.3", f"{name} written and {elements}, again")
        if name == "rds_spec":
            for elements in (["1", "0", "9"], ["2", "0", "1", "2"], ["5", "0", "1", "2", "3", "40", "50"], ["0", "0"]):
                c.do(lambda side: side.command("SetValue", [name, *elements]))
                c.reading("11.3", f"{name} of other length {elements}", name)
                c.condition("11.3", f"{name} of other length {elements}")
        c.do(lambda side: side.command("Init"))
        c.reading("11.3", f"{name} after Init", name)
        reset(c)
    # Every type, with delta_t and delta_val given later; one of the two missing.
    for kind in NUMBERS:
        name = f"{kind}_plain"
        for texts in (
            {"delta_t": "20", "delta_val": "5"},
            {"delta_t": "20"},
            {"delta_val": "5"},
            {"delta_t": "0", "delta_val": "5"},
            {"delta_t": "20", "delta_val": "0"},
        ):
            c.check("12.10", f"{name} {texts}: outcome", lambda side: side.configure(name, **texts))
            c.check_config("12.10", f"{name} {texts}", name)
            c.do(lambda side: side.proxy.write_attribute(name, 50))
            c.do(lambda side: side.command("SetValue", [name, "1", "0", "60"]))
            c.wait(0.06)
            c.reading("11.3", f"{name} {texts}", name)
            c.condition("11.3", f"{name} {texts}")
            c.do(lambda side: side.forget(name))
            reset(c)
    # Together with limits: which one is named.
    c.check("11.3", "rds with limits: outcome", lambda side: side.configure("rds", max_alarm="70", max_warning="55"))
    c.do(lambda side: side.proxy.write_attribute("rds", 50.0))
    c.wait(0.06)
    for level in ("50", "54", "56", "60", "75"):
        c.do(lambda side: side.command("SetValue", ["rds", "1", "0", level]))
        c.reading("11.3", f"rds with limits at {level}", "rds")
        c.condition("11.3", f"rds with limits at {level}")
    c.do(lambda side: side.forget("rds"))
    reset(c)


# Section 9: reading.


def reading(c):
    c.reading("9.6", "before the first write", *[name for name in c.names if is_steady(c, name)])
    c.reading("9.2", "an unknown attribute", "nosuch", "State", "NOSUCH")
    c.reading("7.8", "State and Status in other spellings", "sTaTe", "STATUS")
    some = [name for _, name in c.targets(("boolean", "string"))]
    c.reading("9.1", "other spelling", some[0].upper(), some[1].title())
    c.check("9.8", "All attributes", lambda side: [v.name for v in side.proxy.read_attributes(["All attributes"]) if v.name in c.names])
    c.check(
        "9.8", "All attributes among others", lambda side: [value.name for value in side.proxy.read_attributes(["All attributes", "State"])]
    )
    c.check("9.1", "no attribute", lambda side: [value.name for value in side.proxy.read_attributes([])])
    if not c.has_rules:
        return
    for state in (tango.DevState.STANDBY, tango.DevState.ON):
        c.do(lambda side: side.command("SetState", state))
        c.reading("9.2", f"in {state}", "forbidden", "forbidden_write", "never", "double_plain")
        c.check("10.2", f"writing forbidden in {state}", lambda side: side.proxy.write_attribute("forbidden", 1.0))
        c.check("10.2", f"writing forbidden_write in {state}", lambda side: side.proxy.write_attribute("forbidden_write", 1.0))
        c.check("10.2", f"writing never in {state}", lambda side: side.proxy.write_attribute("never", 1.0))
        c.check(
            "10.6",
            f"writing and reading forbidden_write in {state}",
            lambda side: side.value(side.proxy.write_read_attribute("forbidden_write", 1.0)),
        )
        c.check("6.4", f"Forbidden in {state}", lambda side: side.command("Forbidden", 5))
        c.check("6.3", f"an unknown command in {state}", lambda side: side.command("NoSuch"))
    reset(c)
    for name in ("double_user", "read_plain", "string_plain", "long_spec", "double_image", "State"):
        for what in ("read", "nothing", "none"):
            c.do(lambda side: side.command("Fail", [name, what]))
            c.reading("9.2", f"{name} fails: {what}", "long_plain", name, "short_plain")
            c.condition("7.2", f"{name} fails: {what}")
    for name, elements in (
        ("long_spec", ["6", "0", *"123456"]), ("long_spec", ["0", "0"]), ("double_image", ["5", "1", *"12345"]), ("double_image", ["1", "4", *"1234"]),
        ("double_image", ["0", "0"]), ("string_spec", ["6", "0", *"123456"]), ("long_spec", ["5", "0", *"34567"]),
    ):  # fmt: skip
        c.do(lambda side: side.command("SetValue", [name, *elements]))
        c.reading("9.2", f"{name} with {elements[:2]}", name)
        c.condition("7.2", f"{name} with {elements[:2]}")
    for name in ("enum_plain", "enum_spec"):
        for value in ("2", "3", "100"):
            c.do(lambda side: side.command("SetValue", [name, "1", "0", value]))
            c.reading("9.2", f"{name} is {value}", name)
    reset(c)
    for count in (1, 2):
        for what, action in {
            "reading": lambda side: side.read("double_plain", "State"),
            "reading State": lambda side: side.read("State"),
            "reading an unknown attribute": lambda side: side.read("nosuch"),
            "writing": lambda side: side.proxy.write_attribute("double_plain", 5.0),
            "writing an unknown attribute": lambda side: side.proxy.write_attributes([("double_plain", 5.0)]),
            "writing and reading": lambda side: side.value(side.proxy.write_read_attribute("double_plain", 5.0)),
            "a command": lambda side: side.command("Echo", 2.0),
            "an unknown command": lambda side: side.command("NoSuch"),
            "a forbidden command": lambda side: side.command("Forbidden", 2),
            "State": lambda side: str(side.command("State")),
            "Status": lambda side: side.command("Status"),
            "state()": lambda side: str(side.proxy.state()),
            "status()": lambda side: side.proxy.status(),
        }.items():
            c.do(lambda side: side.command("FailHooks", count))
            c.check("9.1", f"{what} while {count} hook(s) fail", action)
            c.check("9.1", f"{what} while {count} hook(s) fail, again", action)
            for side in c.sides:
                for _ in range(3):
                    side.outcome(lambda side: side.command("Echo", 1.0))
    reset(c)


def set_part(side, name):
    value = side.read(name)[name]
    return value.get("set value", value.get("errors"))


def is_steady(c, name):
    """TangoTest gives random values to some."""
    steady = ("_w", "boolean_scalar", "string_scalar", "throw", "no_value", "ampli")
    return c.has_rules or any(part in name for part in steady) and "rww" not in name


# Section 10: writing.


def writing(c):
    kinds = KINDS
    for kind, name in c.targets(kinds, ("plain", "any", "user", "spec", "image", "mem")):
        for value in samples(c.sides[0].proxy.get_attribute_config(name)):
            subject = f"writing {str(value)[:60]!r} to {name}"
            c.check("10.2", f"{subject}: outcome", lambda side: side.proxy.write_attribute(name, value))
            if c.has_rules:
                c.reading("10.2", subject, name)
            else:
                c.check("10.2", subject, lambda side: set_part(side, name))
        c.do(lambda side: side.command("Init"))
        if c.has_rules:
            c.reading("9.6", f"{name} after Init", name)
    c.do(lambda side: side.forget())
    reset(c)
    # Wrong types and formats.
    for _, name in c.targets(kinds, ("plain", "spec", "image")):
        for other_kind, other in c.targets(kinds, ("plain", "spec", "image")):
            config = c.sides[0].proxy.get_attribute_config(other)
            values = samples(config)
            if len(values) > 1 and config.data_type != T.DevEncoded:

                def write(side):
                    info = side.proxy.get_attribute_config(other)
                    info.name = name
                    side.proxy.write_attribute(info, values[1])

                c.check("10.2", f"writing a value for {other} to {name}: outcome", write)
        if c.has_rules:
            c.reading("10.2", f"{name} after wrong types", name)
    reset(c)
    several(c)
    counts(c)
    limits(c)


def samples(config):
    values = writes(config)
    kind = T(config.data_type)
    if kind == T.DevState:
        values = [tango.DevState.ON, tango.DevState.FAULT]
        if config.data_format == tango.AttrDataFormat.SPECTRUM:
            values = [values, values[:1], values * 3]
        elif config.data_format == tango.AttrDataFormat.IMAGE:
            values = [[values, values]]
        return values
    if kind == T.DevEncoded:
        return [("RAW", b"abc"), ("", b"")]
    single = scalars(config)
    extra = [float("nan"), float("inf"), -float("inf")] if kind in (T.DevFloat, T.DevDouble) else []
    if kind in LIMITS_OF_NUMBERS:
        extra += [kind_of(config)(value).item() for value in (9, 10, 11, 55, 99, 100, 101)]
    if kind == T.DevEnum:
        extra += [len(config.enum_labels), 100, -1]
    if config.data_format == tango.AttrDataFormat.SCALAR:
        return values + extra
    if config.data_format == tango.AttrDataFormat.SPECTRUM:
        if config.max_dim_x <= 256:
            values = values + [array(config.data_type, cycle(single, config.max_dim_x + 1))]
        return (
            values + [array(config.data_type, [value]) for value in extra] + [array(config.data_type, [55, 55, value]) for value in extra]
        )
    if config.data_type == T.DevString:
        return values + [[["a"] * 5], [["a"]] * 4]
    images = [array(config.data_type, [[value]]) for value in extra]
    if config.max_dim_x < 100:
        images += [array(config.data_type, cycle(single, n * m)).reshape(n, m) for n, m in ((1, 5), (4, 1), (3, 4), (0, 0))]
    return values + images


def kind_of(config):
    return LIMITS_OF_NUMBERS[T(config.data_type)][0]


def several(c):
    """10.1, 10.6: lists of which some fail."""
    doubles = [name for _, name in c.targets(("double", "long", "short", "string"))]
    good = [(doubles[0], 5.0), (doubles[1], 6), (doubles[2], 7), (doubles[3], "text")]
    read_only = "read_plain" if c.has_rules else "short_scalar_ro"
    bad = [(read_only, 1), ("State", tango.DevState.ON), ("Status", "x")]
    if c.has_rules:
        bad += [("never", 1.0), ("double_user", 500.0), ("long_user", 500), ("enum_plain", 17), ("long_spec", np.arange(9, dtype=np.int32))]
    for one in bad:
        for position in range(3):
            items = [*good[:position], one, *good[position:]]
            c.check("10.1", f"writing {[name for name, _ in items]}: outcome", lambda side: side.proxy.write_attributes(items))
            c.check("10.1", f"after writing {[name for name, _ in items]}", lambda side: [set_part(side, name) for name in doubles])
            reset(c)
        c.check("10.2", f"writing {one[0]}: outcome", lambda side: side.proxy.write_attribute(*one))
        c.check("10.6", f"writing and reading {one[0]}: outcome", lambda side: side.value(side.proxy.write_read_attribute(*one)))
        c.check(
            "10.6", f"writing and reading {one[0]} with others: outcome",
            lambda side: [side.value(value) for value in side.proxy.write_read_attributes([good[0], one], [doubles[3], doubles[0]])],
        )  # fmt: skip
        c.check("10.6", f"set values after writing and reading {one[0]}", lambda side: [set_part(side, name) for name in doubles])
    # Of two values outside their limits libtango 10 reports the first, and keeps the second as the set value.
    limited = ("double_user", "long_user", "enum_plain")
    for one, two in itertools.permutations(bad, 2):
        if not (c.takes_crossed and one[0] in limited and two[0] in limited):
            c.check("10.1", f"writing {one[0]}, {two[0]}: outcome", lambda side: side.proxy.write_attributes([one, good[1], two]))
    c.check("10.2", "an unknown attribute: outcome", lambda side: raw_write(side, doubles[0], "nosuch", 5.0))
    if c.has_rules:
        for what in ("write", "read", "none"):
            c.do(lambda side: side.command("Fail", ["double_plain", what]))
            c.check("10.5", f"double_plain fails to {what}: writing", lambda side: side.proxy.write_attribute("double_plain", 77.0))
            c.check(
                "10.5",
                f"double_plain fails to {what}: writing with others",
                lambda side: side.proxy.write_attributes([("double_plain", 78.0), ("long_plain", 9)]),
            )
            c.check(
                "10.5",
                f"double_plain fails to {what}: write_read",
                lambda side: side.value(side.proxy.write_read_attribute("double_plain", 79.0)),
            )
            c.do(lambda side: side.command("Fail", ["double_plain", "none"]))
            c.reading("10.5", f"double_plain failed to {what}", "double_plain", "long_plain")
        c.check("10.6", "a WRITE attribute", lambda side: side.value(side.proxy.write_read_attribute("write_only", 5)))
        c.check("10.6", "a memorized one", lambda side: side.value(side.proxy.write_read_attribute("double_mem", 5.0)))
        c.check(
            "10.6",
            "reading others",
            lambda side: [side.value(v) for v in side.proxy.write_read_attributes([("double_plain", 1.0)], ["nosuch", "State"])],
        )
        c.do(lambda side: side.forget())
    reset(c)


def raw_write(side, like, name, value):
    info = side.proxy.get_attribute_config(like)
    info.name = name
    side.proxy.write_attribute(info, value)


def counts(c):
    """10.4: scalars, spectra and images written with other numbers of values."""
    for kind, name in c.targets(("double", "long", "string", "boolean", "enum"), ("plain",)):
        spectrum = c.target(kind, "spec")
        if not spectrum:
            continue
        values = {"string": ["a", "b", "c"], "boolean": [True, False, True], "enum": [1, 2, 0]}.get(kind, [50, 51, 52])
        for count in (3, 1):
            c.check("10.4", f"{name} written with {count} values: outcome", lambda side: raw_write(side, spectrum, name, values[:count]))
            c.check("10.4", f"{name} written with {count} values", lambda side: set_part(side, name))
        for target in (spectrum, c.target(kind, "image")):
            if target:
                c.check("10.4", f"{target} written as a scalar: outcome", lambda side: raw_write(side, name, target, values[0]))
                c.check("10.4", f"{target} written as a scalar", lambda side: set_part(side, target))
        image = c.target(kind, "image")
        if image:
            c.check(
                "10.4", f"{spectrum} written as an image: outcome", lambda side: raw_write(side, image, spectrum, [values[:2], values[:2]])
            )
            c.check("10.4", f"{image} written as a spectrum: outcome", lambda side: raw_write(side, spectrum, image, values))
            c.check("10.4", f"{image} written as a spectrum", lambda side: set_part(side, image))
        c.check(
            "10.4", f"{spectrum} written with nothing: outcome", lambda side: side.proxy.write_attribute(spectrum, array_like(kind, []))
        )
        c.check("10.4", f"{spectrum} written with nothing", lambda side: side.read(spectrum)[spectrum])
    reset(c)


def array_like(kind, values):
    return (
        values if kind == "string" else np.array(values, dtype={"boolean": np.bool_, "enum": np.int16, "double": float}.get(kind, np.int32))
    )


def limits(c):
    """10.2: min_value and max_value given later, for every type; changed while the set value is outside."""
    for kind, name in c.targets(NUMBERS, ("plain", "spec")):
        for texts in (
            {"min_value": "20"},
            {"max_value": "60"},
            {"min_value": "20", "max_value": "60"},
            {"min_value": "20.7"},
            {"max_value": "59.5"},
        ):
            if kind not in ("float", "double") and any("." in text for text in texts.values()):
                continue
            c.check("10.2", f"{name} {texts}: outcome", lambda side: side.configure(name, **texts))
            for value in (0, 19, 20, 21, 59, 60, 61, 100):
                given = (
                    value
                    if name.endswith(("plain", "scalar"))
                    else array(c.sides[0].proxy.get_attribute_config(name).data_type, [40, value])
                )
                c.check("10.2", f"{name} {texts}: writing {value}", lambda side: side.proxy.write_attribute(name, given))
                c.check("10.2", f"{name} {texts}: set value after {value}", lambda side: set_part(side, name))
            c.do(lambda side: side.forget(name))
            reset(c)


# Section 13: memorized values.

MEMORIZED_TEXTS = [
    "", "0", "1", "55", "1.9", "-5", "70000", "300", "1x", "0x10", "1e3", " 5", "5 ", "abc", "NaN", "nan", "inf", "-inf", "true", "false", "True",
    "TRUE", "Not specified", "a,b", "99999999999999999999", "1e400", "-1", "3", "2", "HIGH",
]  # fmt: skip


def memorized(c):
    if not c.has_rules:
        return
    for kind in KINDS:
        for purpose in ("mem", "mem_init"):
            name = f"{kind}_{purpose}"
            if name not in c.names:
                continue
            c.check("13.2", f"configuration of {name}", lambda side: side.config(name))
            for value in samples(c.sides[0].proxy.get_attribute_config(name)):
                subject = f"{name} after writing {value!r}"
                c.check("13.1", f"{subject}: outcome", lambda side: side.proxy.write_attribute(name, value))
                c.check("13.1", f"{subject}: database", lambda side: side.stored(name))
                c.restart()
                c.reading("13.2", f"{subject} and DevRestart", name)
                c.check("13.2", f"{subject} and DevRestart: database", lambda side: side.stored(name))
                c.condition("13.2", f"{subject} and DevRestart")
                c.do(lambda side: side.command("Init"))
                c.reading("13.3", f"{subject}, DevRestart and Init", name)
            c.do(lambda side: side.restart_server())
            c.reading("13.2", f"{name} after a restart of the server", name)
            c.do(lambda side: side.forget(name))
    c.do(lambda side: side.forget())
    reset(c)
    for text in MEMORIZED_TEXTS:
        names = [f"{kind}_{purpose}" for kind in KINDS for purpose in ("mem", "mem_init") if f"{kind}_{purpose}" in c.names]
        for name in [*names, "limited_mem", "limited_mem_init", "write_mem", "write_mem_init"]:
            c.do(lambda side: side.store({name: {"__value": text}}))
            c.restart()
            c.reading("13.2", f"{name} __value={text!r}", name)
            c.condition("13.2", f"{name} __value={text!r}")
            c.check("13.2", f"{name} __value={text!r}: database", lambda side: side.stored(name))
            c.do(lambda side: side.forget(name))
        reset(c)
    failing_memorized(c)
    memorized_limits(c)
    memorized_lives(c)


def failing_memorized(c):
    """13.4, 7.6, 7.7."""
    names = ["double_mem_init", "string_mem_init", "write_mem_init"]
    values = {"double_mem_init": 12.5, "string_mem_init": "kept", "write_mem_init": 3.0}
    for count in (1, 2, 3):
        chosen = names[:count]
        c.do(lambda side: [side.proxy.write_attribute(name, values[name]) for name in chosen])
        c.do(lambda side: side.database.put_device_property(side.name, {"FailWrites": chosen}))
        c.restart()
        c.reading("13.4", f"{chosen} failed at the start", *chosen)
        c.reading("13.4", f"{chosen} failed at the start: others", "long_plain", "State", "Status")
        c.condition("7.6", f"{chosen} failed at the start")
        for name in chosen:
            c.check("13.4", f"{name} failed at the start: database", lambda side: side.stored(name))
            c.check("13.4", f"{name} failed at the start: configuration", lambda side: side.config(name))
            c.check(
                "13.4", f"{name} failed at the start, written again: outcome", lambda side: side.proxy.write_attribute(name, values[name])
            )
            c.reading("13.4", f"{name} failed at the start and again", name)
        c.condition("7.6", f"{chosen} failed at the start and again")
        c.check("13.3", f"{chosen} failed at the start: Init", lambda side: side.command("Init"))
        c.condition("7.6", f"{chosen} failed at the start, Init")
        c.reading("13.4", f"{chosen} failed at the start, Init", *chosen)
        c.do(lambda side: side.command("SetState", tango.DevState.MOVING))
        c.condition("7.6", f"{chosen} failed at the start, MOVING")
        c.do(lambda side: side.command("SetState", tango.DevState.FAULT))
        c.condition("7.6", f"{chosen} failed at the start, FAULT")
        c.do(lambda side: side.command("SetState", tango.DevState.ON))
        c.do(lambda side: side.command("SetStatus", "a text"))
        c.condition("7.6", f"{chosen} failed at the start, own status")
        for name in chosen:
            c.do(lambda side: side.command("Fail", [name, "none"]))
            c.check("13.4", f"{name} written at last: outcome", lambda side: side.proxy.write_attribute(name, values[name]))
            c.reading("13.4", f"{name} written at last", name)
            c.condition("7.7", f"{name} of {chosen} written at last")
        c.do(lambda side: side.database.delete_device_property(side.name, "FailWrites"))
        c.do(lambda side: side.forget(*chosen))
        reset(c)
    # With a wrong configuration and an alarm beside it.
    c.do(lambda side: side.proxy.write_attribute("double_mem_init", 12.5))
    c.do(lambda side: side.database.put_device_property(side.name, {"FailWrites": ["double_mem_init"]}))
    c.do(lambda side: side.store({"long_plain": {"min_value": "abc"}, "short_plain": {"delta_t": "5"}}))
    c.restart()
    c.do(lambda side: side.command("SetValue", ["double_user", "1", "0", "95"]))
    c.condition("7.7", "wrong configuration, failed memorized write and an alarm")
    c.reading(
        "7.7",
        "wrong configuration, failed memorized write and an alarm",
        "double_mem_init",
        "long_plain",
        "short_plain",
        "double_user",
        "State",
    )
    c.do(lambda side: side.store({"double_mem_init": {"min_alarm": "abc"}}))
    c.restart()
    c.condition("7.7", "one attribute with both")
    c.reading("7.7", "one attribute with both", "double_mem_init")
    c.check("7.7", "one attribute with both: repair", lambda side: side.configure("double_mem_init", min_alarm="1"))
    c.condition("7.7", "one attribute with both, repaired")
    c.reading("7.7", "one attribute with both, repaired", "double_mem_init")
    c.do(lambda side: side.database.delete_device_property(side.name, "FailWrites"))
    c.do(lambda side: side.forget())
    c.do(lambda side: side.restart_server())
    # The whole server.
    c.do(lambda side: side.proxy.write_attribute("double_mem_init", 12.5))
    c.do(lambda side: side.database.put_device_property(side.name, {"FailWrites": ["double_mem_init"]}))
    c.do(lambda side: side.restart_server())
    c.condition("13.4", "failed at the start of the server")
    c.reading("13.4", "failed at the start of the server", "double_mem_init")
    c.do(lambda side: side.database.delete_device_property(side.name, "FailWrites"))
    c.restart()
    c.condition("13.4", "failed at the start of the server, DevRestart")
    c.do(lambda side: side.forget())
    c.restart()


def memorized_limits(c):
    """12.6, 13.5: the memorized value against the limits."""
    for name in ("limited_mem", "limited_mem_init", "write_mem"):
        c.do(lambda side: side.proxy.write_attribute(name, 5.0))
        for texts in (
            {"max_value": "4"},
            {"max_value": "5"},
            {"max_value": "6"},
            {"min_value": "6"},
            {"min_value": "5"},
            {"min_value": "4"},
            {"min_alarm": "9", "max_alarm": "8"},
        ):
            c.check("12.6", f"{name} holding 5, {texts}: outcome", lambda side: side.configure(name, **texts))
            c.check_config("12.6", f"{name} holding 5, {texts}", name)
        c.do(lambda side: side.forget(name))
        reset(c)
        for texts in (
            {"__value": "12.5"},
            {"__value": "-12.5"},
            {"__value": "7", "max_value": "6"},
            {"__value": "7", "min_value": "abc"},
            {"__value": "12.5", "max_value": "20"},
        ):
            c.do(lambda side: side.store({name: texts}))
            c.restart()
            c.reading("13.5", f"{name} {texts} at the start", name)
            c.condition("13.5", f"{name} {texts} at the start")
            c.check_config("13.5", f"{name} {texts} at the start", name)
            c.check("13.5", f"{name} {texts} at the start: max_value changed", lambda side: side.configure(name, max_value="9"))
            c.check("13.5", f"{name} {texts} at the start: writing", lambda side: side.proxy.write_attribute(name, 3.0))
            c.reading("13.5", f"{name} {texts} at the start, written", name)
            c.condition("13.5", f"{name} {texts} at the start, written")
            c.do(lambda side: side.forget(name))
            c.restart()
    for kind in NUMBERS:
        name = f"{kind}_mem"
        c.do(lambda side: side.proxy.write_attribute(name, 50))
        for texts in ({"max_value": "40"}, {"min_value": "60"}, {"max_value": "50"}):
            c.check("12.6", f"{name} holding 50, {texts}: outcome", lambda side: side.configure(name, **texts))
            c.check_config("12.6", f"{name} holding 50, {texts}", name)
        c.do(lambda side: side.forget(name))
        c.restart()


def memorized_lives(c):
    """13.1 to 13.3: what Init, DevRestart and RestartServer make of set and memorized values."""
    names = ["double_mem", "double_mem_init", "write_mem", "write_mem_init", "double_plain", "limited_mem"]
    for value in (1.5, 2.5):
        c.do(lambda side: [side.proxy.write_attribute(name, value) for name in names])
        c.reading("13.1", f"written {value}", *names)
        c.do(lambda side: side.command("Init"))
        c.reading("13.3", f"written {value}, Init", *names)
        c.do(lambda side: [side.store({name: {"__value": "7.5"}}) for name in names if "mem" in name])
        c.do(lambda side: side.command("Init"))
        c.reading("13.3", f"written {value}, __value changed, Init", *names)
        c.restart()
        c.reading("13.3", f"written {value}, __value changed, DevRestart", *names)
        c.do(lambda side: [side.proxy.write_attribute(name, value) for name in names])
        c.do(lambda side: side.restart_server())
        c.reading("13.3", f"written {value}, restart of the server", *names)
    # A refused and a failing write are not memorized.
    c.check("13.1", "a refused write", lambda side: side.proxy.write_attribute("limited_mem", 55.0))
    c.do(lambda side: side.command("Fail", ["double_mem", "write"]))
    c.check("13.1", "a failing write", lambda side: side.proxy.write_attribute("double_mem", 55.0))
    c.check(
        "13.1",
        "a failing write among others",
        lambda side: side.proxy.write_attributes([("write_mem", 8.0), ("double_mem", 56.0), ("write_mem_init", 9.0)]),
    )
    for name in names:
        c.check("13.1", f"{name} after refused and failing writes: database", lambda side: side.stored(name))
    c.do(lambda side: side.forget())
    c.restart()
    # Other properties live beside the memorized value.
    c.do(lambda side: side.proxy.write_attribute("double_mem", 4.5))
    for texts in ({"label": "changed"}, {"label": ""}, {"max_value": "10"}, {"max_value": "NaN"}):
        c.check("13.1", f"double_mem holding 4.5, {texts}: outcome", lambda side: side.configure("double_mem", **texts))
        c.check_config("13.1", f"double_mem holding 4.5, {texts}", "double_mem")
    c.do(lambda side: side.forget())
    c.restart()


SECTIONS = {
    "7-states": states,
    "7-lines": lines,
    "7-code": by_code,
    "9": reading,
    "10": writing,
    "11": qualities,
    "11-rds": rds,
    "13": memorized,
}
