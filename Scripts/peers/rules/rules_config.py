"""Sections 8 and 12 of rules.py: configuration of attributes."""

import itertools

import tango
from rules_support import KINDS, NUMBERS, PROPERTIES, changed, config_fields

NUMBER_TEXTS = [
    "",
    "NaN",
    "nan",
    "NAN",
    "Not specified",
    "not specified",
    "NOT SPECIFIED",
    "Not  specified",
    "abc",
    "0",
    "-0",
    "1",
    "25",
    "1.9",
    "10.7",
    "2.50",
    "-5",
    "-5.5",
    "+5",
    "70000",
    "300",
    "-40000",
    "3000000000",
    "1x",
    "x1",
    "0x10",
    "1e3",
    "1.5e0",
    "1e-3",
    "1E2",
    " 5",
    "5 ",
    "\t5",
    " ",
    "5 6",
    ".5",
    "5.",
    "-",
    "1,5",
    "a,b",
    "-1,2",
    "1,-2",
    "1,2",
    "1,2,3",
    "0,0",
    "0,1",
    "1, 2",
    "Not specified,2",
    "2,Not specified",
    "NaN,2",
    "2,NaN",
    "Not specified,Not specified",
    "NaN,NaN",
    ",2",
    "2,",
    ",",
    "abc,2",
    "2,abc",
    "inf",
    "-inf",
    "1e400",
    "true",
    "007",
    "99999999999999999999",
    "-99999999999999999999",
    "9223372036854775807",
    "0.1",
    "0.123456789012345678",
    "1e20",
    "123456789",
]
TEXTS = [
    "", "NaN", "nan", "Not specified", "not specified", "NOT SPECIFIED", "No label", "No unit", "No description", "No standard unit",
    "No display unit", "%d", "%6.2f", "%s", "abc", " x ", " ", "a,b", "a\nb", "caf\xe9", "Uninitialised", "0", "1.5", "1000", "User label",
    "User description", "V", "mV",
]  # fmt: skip
AT_START = [
    "NaN", "nan", "Not specified", "not specified", "abc", "0", "-0", "25", "1.9", "-5", "70000", "300", "1x", "0x10", "1e3", "2.50", " 5", "5 ",
    " ", "+5", ".5", "1,5", "a,b", "-1,2", "1,-2", "1,2,3", "0,0", "Not specified,2", "2,Not specified", "NaN,2", ",2", "2,", "inf", "1e400",
    "99999999999999999999",
]  # fmt: skip
WORDS = ["label", "description", "unit", "standard_unit", "display_unit", "format"]
DIGITS = [name for name in PROPERTIES if name not in WORDS]


def defaults(c):
    """8.2, 8.4: what the configuration is before anybody changed it."""
    for name in c.names:
        c.check("8.4", f"configuration of {name}", lambda side: side.config(name))
    c.check("8.6", "unknown name", lambda side: side.proxy.get_attribute_config("nosuch"))
    c.check("8.6", "one unknown name in a list", lambda side: [x.name for x in side.proxy.get_attribute_config(["State", "nosuch"])])
    c.check(
        "8.6", "names in any case", lambda side: [x.name for x in side.proxy.get_attribute_config(["STATE", "status", c.names[0].upper()])]
    )
    c.check("8.6", "the same name twice", lambda side: [x.name for x in side.proxy.get_attribute_config(["State", "State"])])

    def all_of(names, side):
        return [config.name for config in side.proxy.get_attribute_config(names) if config.name in c.names]

    c.check("8.6", "All attributes_3", lambda side: all_of(["All attributes_3"], side))
    c.check("8.6", "All attributes", lambda side: all_of(["All attributes"], side))
    c.check("8.3", "order", lambda side: [name for name in side.names if name in c.names])


def settle(c, name, before):
    """Brings an attribute back to where it was, by its configuration or else by a restart."""

    def back(side):
        side.proxy.set_attribute_config(side.before)

    outcomes = [side.outcome(back) for side in c.sides]
    if any(outcomes) or any(side.stored(name) for side in c.sides) or any(side.config(name) != before for side in c.sides):
        c.do(lambda side: side.forget(name))
        c.restart()


def one_by_one(c, rule, name, properties, texts):
    """Sends every text for every property, each from the initial configuration."""
    c.do(lambda side: setattr(side, "before", side.proxy.get_attribute_config(name)))
    before = c.sides[0].config(name)
    for property_name in properties:
        for text in texts:
            if property_name == "min_value" and name.endswith("_user") and c.takes_crossed and crossed(text.lstrip("-"), "100"):
                continue
            subject = f"{name} {property_name}={text!r}"
            c.check(rule, f"{subject}: outcome", lambda side: side.configure(name, **{property_name: text}))
            c.check(rule, subject, lambda side: side.config(name)[property_name])
            c.check(rule, f"{subject}: database", lambda side: side.stored(name))
            settle(c, name, before)


def each_text(c):
    """12.3 to 12.9: every text for every property of every type."""
    for kind, name in c.targets(KINDS, ("plain", "user")):
        numbers = NUMBER_TEXTS if kind in NUMBERS else NUMBER_TEXTS[:20] + NUMBER_TEXTS[30:50]
        one_by_one(c, "12.5", name, c.some(DIGITS, len(name)), c.some(numbers, len(name)))
        one_by_one(c, "12.3", name, WORDS, c.some(TEXTS, len(name)))
    for kind, name in c.targets(("long", "double", "string", "enum"), ("spec",)):
        one_by_one(c, "12.5", name, DIGITS, c.some(NUMBER_TEXTS[:34]))


def sequence(c, rule, name, property_name, texts):
    for index, text in enumerate(texts):
        subject = f"{name} {property_name}: {', then '.join(map(repr, texts[: index + 1]))}"
        agree = c.check(rule, f"{subject}: outcome", lambda side: side.configure(name, **{property_name: text}))
        agree &= c.check(rule, subject, lambda side: side.config(name)[property_name])
        agree &= c.check(rule, f"{subject}: database", lambda side: side.stored(name))
        if not agree:
            break
    c.do(lambda side: side.forget(name))
    c.restart()


def levels(c):
    """12.1, 12.3: device, class, code and library, and which of them is stored."""
    targets = [name for _, name in c.some(c.targets(("double", "long", "string", "enum", "boolean"), ("user", "plain")))]
    for of_class in (False, True):
        given = {name: "7" if name in DIGITS else "of class" for name in PROPERTIES}
        if of_class:
            c.sides[0].database.put_class_attribute_property(
                c.sides[0].device_class,
                {name: {key: text for key, text in given.items() if key in WORDS or is_number(name)} for name in targets},
            )
            # min and max of a pair must differ
            c.sides[0].database.put_class_attribute_property(
                c.sides[0].device_class,
                {name: {key: "70" for key in ("max_value", "max_alarm", "max_warning")} for name in targets if is_number(name)},
            )
        c.do(lambda side: side.restart_server())
        where = " (with class properties)" if of_class else ""
        for name in targets:
            c.check("12.1", f"{name}{where}", lambda side: side.config(name))
            c.reading("12.1", f"reading {name}{where}", name)
        c.condition("12.1", f"device{where}")
        for name in targets:
            library = {side: config_fields(side.proxy.get_attribute_config(name)) for side in c.sides}[c.sides[0]]
            for property_name in c.some(list(PROPERTIES), len(name)):
                if not is_number(name) and property_name in DIGITS[:6]:
                    continue
                own = "33" if property_name in DIGITS else "own text"
                of_code = {"label": "User label", "unit": "V", "description": "User description", "event_period": "500"}
                for texts in (
                    [own, ""], [own, "NaN"], [own, "Not specified"], [own, given[property_name]], [own, of_code.get(property_name, "20")],
                    [own, library[property_name]], [own, own], [""], ["NaN"], ["Not specified"], [given[property_name]],
                    ["Not specified", "", "NaN"], ["", "Not specified", ""], [own, "NOT SPECIFIED"], [own, "nan"],
                ):  # fmt: skip
                    sequence(c, "12.3", name, property_name, texts)
    c.sides[0].database.delete_class_attribute_property(c.sides[0].device_class, {name: list(PROPERTIES) for name in targets})
    c.do(lambda side: side.restart_server())


def is_number(name):
    return any(name.startswith(kind + "_") for kind in NUMBERS)


def pairs(c):
    """12.6, 12.10: minimum with maximum, delta_t with delta_val, alone and together."""
    texts = ["1", "2", "Not specified", "", "NaN", "-1"]
    for kind, name in c.some(c.targets(("double", "long", "uchar"), ("plain", "user", "spec", "mem"))):
        for low, high in (("min_value", "max_value"), ("min_alarm", "max_alarm"), ("min_warning", "max_warning"), ("delta_t", "delta_val")):
            for left, right in itertools.product(texts, texts):
                # Release 10 compares a new max_value with the min_value there was.
                compared_with = "10" if left == "Not specified" and name.endswith(("_user", "_spec")) else left
                if low == "min_value" and c.takes_crossed and crossed(compared_with, right.lstrip("-")):
                    continue
                subject = f"{name} {low}={left!r} {high}={right!r}"
                c.check("12.6", f"{subject}: outcome", lambda side: side.configure(name, **{low: left, high: right}))
                c.check_config("12.6", subject, name)
                c.do(lambda side: side.forget(name))
                c.restart()
            for first, second in (("50", "40"), ("50", "50"), ("40", "50"), ("0", "0")):
                for order in ((low, high), (high, low)):
                    if low == "min_value" and c.takes_crossed and crossed(*((first, second) if order[0] == low else (second, first))):
                        continue
                    for property_name, text in zip(order, (first, second)):
                        subject = f"{name} {order[0]}={first!r}, then {order[1]}={second!r}: {property_name}"
                        c.check("12.6", f"{subject}: outcome", lambda side: side.configure(name, **{property_name: text}))
                        c.check_config("12.6", subject, name)
                    for property_name in order:
                        subject = f"{name} {order[0]}={first!r}, then {order[1]}={second!r}, then cleared: {property_name}"
                        c.check("12.10", f"{subject}: outcome", lambda side: side.configure(name, **{property_name: "Not specified"}))
                        c.check_config("12.10", subject, name)
                    c.do(lambda side: side.forget(name))
                    c.restart()
        # A limit of one kind against those of another.
        for one in (
            {"min_value": "1", "max_value": "5", "min_alarm": "0", "max_alarm": "9"},
            {"min_alarm": "1", "max_alarm": "5", "min_warning": "0", "max_warning": "9"},
            {"min_alarm": "3", "max_warning": "2"},
            {"min_alarm": "9", "max_alarm": "5", "label": "changed"},
            {"label": "changed", "min_alarm": "abc"},
            {"label": "changed", "unit": "V", "abs_change": "abc"},
            {"label": "changed", "event_period": "abc"},
            {"delta_t": "10", "delta_val": "abc"},
            {"delta_t": "abc", "delta_val": "1"},
        ):
            c.check("12.7", f"{name} {one}: outcome", lambda side: side.configure(name, **one))
            c.check_config("12.7", f"{name} {one}", name)
            c.do(lambda side: side.forget(name))
            c.restart()


def crossed(low, high):
    try:
        return float(low) >= float(high)
    except ValueError:
        return False


def refusals(c):
    """12.6, 12.7, 12.11: what may not be changed, lists, State and Status."""
    names = [name for _, name in c.targets(("double", "long", "string"), ("plain", "spec", "image", "mem"))]
    kinds, formats, levels = tango.CmdArgType, tango.AttrDataFormat, tango.DispLevel
    for name in names:
        for what, value in (
            ("data_type", int(kinds.DevShort)), ("data_format", formats.IMAGE), ("data_format", formats.SCALAR),
            ("data_format", formats.SPECTRUM), ("writable", tango.AttrWriteType.READ), ("writable", tango.AttrWriteType.WRITE),
            ("max_dim_x", 77), ("max_dim_y", 77), ("writable_attr_name", "other"), ("writable_attr_name", ""), ("disp_level", levels.EXPERT),
            ("memorized", tango.AttrMemorizedType.MEMORIZED), ("memorized", tango.AttrMemorizedType.NONE),
            ("memorized", tango.AttrMemorizedType.MEMORIZED_WRITE_INIT),
            ("root_attr_name", "a/b/c/d"), ("enum_labels", ["A", "B"]),
        ):  # fmt: skip
            c.check("12.6", f"{name} {what}={value}: outcome", lambda side: side.configure(name, **{what: value, "label": "changed"}))
            c.check_config("12.6", f"{name} {what}={value}", name)
            c.do(lambda side: side.forget(name))
            c.restart()
    c.check("12.6", "unknown attribute", lambda side: side.proxy.set_attribute_config(renamed(side, names[0], "nosuch")))
    c.check("12.6", "name in other case", lambda side: side.proxy.set_attribute_config(renamed(side, names[0], names[0].upper())))
    c.check_config("12.6", "after that", names[0])
    for name in ("State", "Status"):
        for property_name in PROPERTIES:
            for text in ("5", "abc", "", "NaN", "Not specified", "2,3"):
                subject = f"{name} {property_name}={text!r}"
                c.check("12.11", f"{subject}: outcome", lambda side: side.configure(name, **{property_name: text}))
                c.check_config("12.11", subject, name)
        c.do(lambda side: side.forget(name))
        c.restart()
    good = {"label": "changed"}
    for bad in ({"min_value": "abc"}, {"min_alarm": "5", "max_alarm": "1"}, {"max_dim_x": 77}, {"abs_change": "abc"}):
        for order in itertools.permutations(("good", "bad", "last")):

            def send(side):
                configs = []
                targets = [name for _, name in c.targets(("double", "long", "short"))]
                for name, which in zip(targets, order):
                    configs.append(changed(side.proxy.get_attribute_config(name), **(bad if which == "bad" else good)))
                side.proxy.set_attribute_config(configs)

            c.check("12.7", f"{' '.join(order)} {bad}: outcome", send)
            for _, name in c.targets(("double", "long", "short")):
                c.check_config("12.7", f"{' '.join(order)} {bad}: {name}", name)
            c.do(lambda side: side.forget(*[name for _, name in c.targets(("double", "long", "short"))]))
            c.restart()

    def unknown_in_list(side, position):
        configs = [side.proxy.get_attribute_config(names[0]), side.proxy.get_attribute_config(names[1])]
        configs[position] = renamed(side, names[position], "nosuch")
        changed(configs[1 - position], label="changed")
        side.proxy.set_attribute_config(configs)

    for position in (0, 1):
        c.check("12.7", f"unknown name at {position} of two: outcome", lambda side: unknown_in_list(side, position))
        c.check_config("12.7", f"unknown name at {position} of two", names[1 - position])
    c.check("12.11", "black box", lambda side: side.proxy.black_box(1)[0].split(" : ", 1)[1].split("requested")[0])
    old = tango.AttributeInfo

    def send_old(side, **changes):
        config = side.proxy.get_attribute_config(names[0])
        plain = old()
        for (
            part
        ) in "name writable data_format data_type max_dim_x max_dim_y description label unit standard_unit display_unit format".split():
            setattr(plain, part, getattr(config, part))
        for part in "min_value max_value min_alarm max_alarm writable_attr_name disp_level".split():
            setattr(plain, part, getattr(config, part))
        for part, value in changes.items():
            setattr(plain, part, value)
        side.proxy.set_attribute_config(plain)

    for changes in ({"min_alarm": "3"}, {"label": "old"}, {"min_alarm": "NaN", "label": ""}, {"max_dim_x": 4}):
        c.check("12.3", f"old structure {changes}: outcome", lambda side: send_old(side, **changes))
        c.check_config("12.3", f"old structure {changes}", names[0])
    # libtango keeps the text it refuses in an old structure.
    c.check("12.3", "old structure, max_value 'abc': outcome", lambda side: send_old(side, max_value="abc"))


def renamed(side, name, other):
    config = side.proxy.get_attribute_config(name)
    config.name = other
    return config


def labels(c):
    """12.6: enumeration labels."""
    sets = [
        [], [""], ["A"], ["A", "B"], ["A", "B", "C"], ["A", "A", "B"], ["A", "B", "A"], ["A", "B", "C", "D"], ["", "B", "C"], ["A", "", "C"],
        ["", "", ""], ["NaN"], ["NaN", "B", "C"], ["Not specified"], ["Not specified", "B", "C"], ["A", "a", "B"], ["A", "B", " C "],
        ["LOW", "MIDDLE", "HIGH"], ["HIGH", "MIDDLE", "LOW"], ["A,B", "C", "D"],
    ]  # fmt: skip
    for kind, name in c.targets(("enum", "string", "short"), ("plain", "user", "spec", "mem")):
        for texts in sets:
            c.check("12.6", f"{name} enum_labels={texts}: outcome", lambda side: side.configure(name, enum_labels=texts))
            c.check_config("12.6", f"{name} enum_labels={texts}", name)
            for following in ([""], ["X", "Y", "Z"], ["NaN"]):
                c.check(
                    "12.6",
                    f"{name} enum_labels={texts}, then {following}: outcome",
                    lambda side: side.configure(name, enum_labels=following),
                )
                c.check_config("12.6", f"{name} enum_labels={texts}, then {following}", name)
            c.do(lambda side: side.forget(name))
            c.restart()
    # In the database at the start.
    for kind, name in c.targets(("enum", "string"), ("plain", "user", "mem")):
        for texts in sets:
            if texts:
                start_with(c, {name: {"enum_labels": texts}}, f"enum_labels={texts} in the database")


def start_with(c, properties, subject, repair=None):
    """Restarts the devices with these properties in the database and compares what they make of it."""
    c.do(lambda side: side.store(properties))
    c.restart()
    names = list(properties)
    c.condition("12.12", subject)
    for name in names:
        c.check("12.12", f"{subject}: {name}", lambda side: side.config(name))
        c.reading("12.12", f"{subject}: reading", name)
    c.check("12.12", f"{subject}: database", lambda side: [side.stored(name) for name in names])
    for name in names:
        c.check("12.12", f"{subject}: writing {name}: outcome", lambda side: write_again(side, name))
    if repair:
        for name in names:
            c.check("12.12", f"{subject}: repairing {name}: outcome", lambda side: side.configure(name, **repair))
            if c.refused:
                # libtango keeps half of what it refuses for a wrong configuration.
                continue
            c.check_config("12.12", f"{subject}: repaired {name}", name)
            c.reading("12.12", f"{subject}: reading {name} repaired", name)
            c.condition("12.12", f"{subject}: repaired {name}")
    c.do(lambda side: side.forget(*names))
    c.restart()


def write_again(side, name):
    config = side.proxy.get_attribute_config(name)
    if config.data_format != tango.AttrDataFormat.SCALAR:
        return
    values = {
        "DevString": "text", "DevBoolean": True, "DevState": tango.DevState.ON, "DevEnum": 0, "DevEncoded": ("RAW", b"x"),
    }  # fmt: skip
    side.proxy.write_attribute(config, values.get(str(tango.CmdArgType(config.data_type)), 50))


def wrong_start(c):
    """12.12: every text in the database, for every property of every type, at the start."""
    names = [name for _, name in c.targets(KINDS, ("plain", "user"))]
    names += [name for _, name in c.targets(("long", "double"), ("spec", "mem"))]
    for property_name in PROPERTIES:
        for text in c.some(AT_START if property_name in DIGITS else TEXTS[1:], len(property_name)):
            subject = f"{property_name}={text!r} in the database"
            start_with_all(c, names, property_name, [text], subject)
    for property_name in c.some(("abs_change", "rel_change", "archive_abs_change", "min_value", "event_period", "label")):
        for texts in (["-1", "2"], ["1", "2"], ["0", "0"], ["Not specified", "2"], ["1", "2", "3"], ["abc", "2"], ["-1,2", "3"], ["1", ""]):
            start_with_all(c, names, property_name, texts, f"{property_name}={texts} in the database")


def start_with_all(c, names, property_name, texts, subject):
    c.do(lambda side: side.store({name: {property_name: texts} for name in names}))
    c.restart()
    c.condition("12.12", subject)
    for name in names:
        c.check("12.12", f"{name} {subject}: configuration", lambda side: side.config(name)[property_name])
    c.reading("12.12", subject, *names)
    for name in names:
        c.check("12.12", f"{name} {subject}: writing", lambda side: write_again(side, name))
    for name in names[::5]:
        agree = c.check("12.12", f"{name} {subject}: label changed: outcome", lambda side: side.configure(name, label="changed"))
        if c.refused or not agree:
            # libtango keeps half of what it refuses for a wrong configuration.
            continue
        c.check_config("12.12", f"{name} {subject}: label changed", name)
    c.do(lambda side: side.forget(*names))
    c.restart()


def wrong_start_and_repair(c):
    """7.6, 12.12: wrong configurations, several at once, and their repair."""
    names = [name for _, name in c.targets(("double", "long", "uchar" if c.has_rules else "short"), ("plain", "user"))]
    cases = [
        ({"min_value": "abc"}, {"min_value": "1"}), ({"min_value": "5", "max_value": "1"}, {"min_value": "0"}),
        ({"min_alarm": "5", "max_alarm": "5"}, {"max_alarm": "6"}), ({"min_warning": "x"}, {"min_warning": "Not specified"}),
        ({"delta_t": "10"}, {"delta_val": "3"}), ({"delta_val": "10"}, {"delta_val": "Not specified"}), ({"delta_t": "abc", "delta_val": "1"}, {"delta_t": "1"}),
        ({"abs_change": "abc"}, {"abs_change": "1"}), ({"event_period": "abc"}, {"event_period": "10"}),
        ({"archive_period": "abc"}, {"archive_period": "10"}), ({"rel_change": "a,b"}, {"rel_change": "1"}),
        ({"min_value": "abc", "max_alarm": "def"}, {"min_value": "1"}), ({"min_value": "abc", "label": "A label"}, {"label": "other"}),
        ({"min_value": "abc", "max_alarm": "def"}, {"min_value": "1", "max_alarm": "2"}), ({"min_value": "abc"}, {"min_value": ""}),
        ({"min_value": "abc"}, {"min_value": "NaN"}), ({"min_value": "abc"}, {"min_value": "xyz"}), ({"min_value": "abc"}, {"unit": "V"}),
    ]  # fmt: skip
    for name in names:
        for wrong, repair in cases:
            start_with(c, {name: wrong}, f"{name} {wrong} in the database, repaired by {repair}", repair)
    for count in (2, 3):
        start_with(c, {name: {"min_value": "abc"} for name in names[:count]}, f"{count} attributes min_value='abc'", {"min_value": "1"})
    start_with(
        c,
        {names[0]: {"min_value": "abc", "label": "No label"}, names[1]: {"delta_t": "5"}},
        "two kinds of errors",
        {"delta_t": "Not specified"},
    )
    # Read-only attributes, unknown attributes and properties.
    if c.has_rules:
        for wrong in (
            {"min_value": "5", "max_value": "9"},
            {"min_value": "abc"},
            {"delta_t": "5"},
            {"delta_t": "5", "delta_val": "1"},
            {"max_warning": "x"},
        ):
            start_with(c, {"read_plain": wrong}, f"read_plain {wrong} in the database")
            start_with(c, {"write_only": wrong}, f"write_only {wrong} in the database")
            start_with(c, {"read_spec": wrong}, f"read_spec {wrong} in the database")
    start_with(c, {names[0]: {"nosuch": "abc"}}, "an unknown property")
    for name in ("State", "Status"):
        for property_name in PROPERTIES:
            for text in ("abc", "5"):
                start_with(c, {name: {property_name: text}}, f"{name} {property_name}={text!r} in the database")
    # Of the class, at the start of the server.
    for wrong in (
        {"min_value": "abc"},
        {"min_value": "5", "max_value": "1"},
        {"delta_t": "5"},
        {"label": ""},
        {"abs_change": "x"},
        {"event_period": "0"},
    ):
        for name in names[:2]:
            c.sides[0].database.put_class_attribute_property(c.sides[0].device_class, {name: wrong})
        c.do(lambda side: side.restart_server())
        c.condition("12.12", f"{wrong} of the class")
        for name in names[:2]:
            c.check_config("12.12", f"{wrong} of the class: {name}", name)
            c.reading("12.12", f"{wrong} of the class: reading", name)
            c.check(
                "12.12",
                f"{wrong} of the class: repairing {name}: outcome",
                lambda side: side.configure(name, **{key: "2" for key in wrong}),
            )
            c.check_config("12.12", f"{wrong} of the class: repaired {name}", name)
        c.condition("12.12", f"{wrong} of the class, repaired")
        for name in names[:2]:
            c.sides[0].database.delete_class_attribute_property(c.sides[0].device_class, {name: list(wrong)})
        c.do(lambda side: side.forget(*names))
        c.do(lambda side: side.restart_server())


SECTIONS = {
    "8": defaults,
    "12-refusals": refusals,
    "12-labels": labels,
    "12-pairs": pairs,
    "12-levels": levels,
    "12-texts": each_text,
    "12-start": wrong_start_and_repair,
    "12-starts": wrong_start,
}
