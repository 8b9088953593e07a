"""What the sections of rules.py share: the two sides, their outcomes, the comparison, the differences that are tolerated."""

import pathlib
import re
import sys
import time
from collections import Counter

import tango

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "checks"))
from samples import open_device, plain, same  # noqa: E402: found in the folder added above

# The configurable texts of an attribute, as the database calls them: where they are in a configuration.
PROPERTIES = {
    "label": "label",
    "description": "description",
    "unit": "unit",
    "standard_unit": "standard_unit",
    "display_unit": "display_unit",
    "format": "format",
    "min_value": "min_value",
    "max_value": "max_value",
    "min_alarm": "alarms.min_alarm",
    "max_alarm": "alarms.max_alarm",
    "min_warning": "alarms.min_warning",
    "max_warning": "alarms.max_warning",
    "delta_t": "alarms.delta_t",
    "delta_val": "alarms.delta_val",
    "abs_change": "events.ch_event.abs_change",
    "rel_change": "events.ch_event.rel_change",
    "event_period": "events.per_event.period",
    "archive_abs_change": "events.arch_event.archive_abs_change",
    "archive_rel_change": "events.arch_event.archive_rel_change",
    "archive_period": "events.arch_event.archive_period",
}
FIXED = "writable data_format data_type max_dim_x max_dim_y writable_attr_name disp_level memorized root_attr_name".split()
KINDS = "boolean uchar short ushort long ulong long64 ulong64 float double string state enum encoded".split()
NUMBERS = "uchar short ushort long ulong long64 ulong64 float double".split()

# Scalars of TangoTest that do not read random values.
STEADY = {
    "double": "double_scalar_w", "long": "long_scalar_w", "short": "short_scalar_w", "boolean": "boolean_scalar", "string": "string_scalar",
}  # fmt: skip

# Differences that are no defect: (what matches the line, why).
TOLERATED = [
    # Between libtango 9 and 10:
    (
        r"'Incompatible attribute type, expected type is : Tango::\w+ \(even for single value\)'.* \| .*'Incompatible attribute type: expected Tango::",
        "release 10 says which type it got",
    ),
    (r"Data size for attribute \w+ exceeds given limit'.* \| .*Data size for attribute \w+ \[", "release 10 says which size it got"),
    (r"status\(\).*'Got exception\\twhen trying.* \| .*'Got exception    when", "release 9 has a tab before `when`, release 10 spaces"),
    # Of libtango, defects:
    (
        r"enum_labels=\['A,B', 'C', 'D'\].*: enum_labels: ",
        "libtango takes the comma in a label for the end of the label",
    ),
    (
        r"\w+64_\w+ \w+='9223372036854775807'",
        "libtango brings integers of 64 bits to a floating point number first",
    ),
    (
        r"encoded_\w+ (min|max)_\w+=.*: database: (min|max)_\w+: \[''\] \| ",
        "libtango stores nothing for the limits of DevEncoded",
    ),
    (
        r"'(archive_)?abs_change': .* in the database.*: (reading|repaired) ?\w+.*(repaired|State and Status)",
        "libtango does not notice that abs_change was repaired",
    ),
    (
        r"\{'delta_t': '5'\} of the class, repaired: State and Status: \['ALARM'",
        "libtango does not notice that a delta_t of the class was repaired",
    ),
    (
        r"'delta_val': '10'} in the database, repaired by {'delta_val': 'Not specified'}: repaired \w+: database: delta_val: \['10'\] \| ",
        "libtango forgets the entry in the database when delta_val was alone",
    ),
    (
        r"\[(9.2\] \w+ fails: nothing|7.4\] \w+ in alarm, then nothing: together): \w+: .*\(absent\)",
        "libtango takes the failure of the read before for the quality of one that sets nothing",
    ),
    (
        r"uchar_\w+ .*the memorized value \(",
        "libtango writes the memorized value of a DevUChar as a character",
    ),
    (
        r"(min|max)_value=.* in the database: label changed: outcome: \[\] \| .*Value of min_value is greater",
        "libtango 10 takes a min_value above the max_value with any change after the start",
    ),
    (
        r"\{'min_value': '5', 'max_value': '1'\} of the class",
        "libtango 10 takes a min_value equal to the max_value",
    ),
    (
        r"\{'abs_change': 'x'\} of the class",
        "libtango refuses every change of an attribute whose class has a wrong abs_change",
    ),
    (
        r"_warning='0', then (min|max)_warning='0', then cleared: (min|max)_warning: (min|max)_warning: ",
        "libtango shows the default of the class though the database has a 0",
    ),
    (
        r"_user min_warning='[^']*' in the database: label changed: min_warning: '30' \| '0'",
        "libtango shows the default of the class though the database has a 0",
    ),
    (
        r"_(warning|alarm)='-0' in the database: label changed: (min|max)_(warning|alarm): ",
        "libtango shows the default of the class though the database has a 0",
    ),
    (
        r"\[12.6\] \w+ min_value='([^']*)' max_value='\1': (outcome: \[\] \| .*IncoherentValues|((database: )?(min|max)_value: ))",
        "libtango 10 takes a min_value equal to the max_value, and then refuses every change",
    ),
    (
        r"\[12.6\] uchar_\w+ min_value='-1' max_value='1': (outcome: \[\] \| .*IncoherentValues|((database: )?(min|max)_value: ))",
        "libtango 10 takes a min_value equal to the max_value (-1 is 1 for a DevUChar), and then refuses every change",
    ),
    # Of the Python binding:
    (
        r"\[10.2\] state_image after wrong types: state_image: dimensions: ",
        "the Python device loses states written to an image as a spectrum",
    ),
    (
        r"\[4.5\] Init that fails: outcome: .*'UNKNOWN CORBA system exception'.* \| .*'API_InitThrowsException'",
        "the binding lets the exception pass as a foreign one",
    ),
    # On purpose: a device whose initialization fails stays reachable, in FAULT, and says why.
    (
        r"\[(3.3|4.3|4.5)\] (DevRestart that failed|Init that failed|a restart of the server that fail).*(OBJECT_NOT_EXIST|CantConnectToDevice|QueryDevice: \[\]|DeviceNotFound|InitThrowsException).*\|",
        "the peer loses a device whose initialization fails",
    ),
    (r"\[3.3\] Init that failed: .*\| \['FAULT'", "the peer does not say that Init failed"),
    (
        r"\[22.5\] memorized=\w+ \w+ removed with keep and added again",
        "release 9 gives a memorized attribute its value when it is added again, release 10 does not",
    ),
    (r"\[12.6\] uchar_mem.*the memorized value \(2\)", "the peer prints a number as a character"),
    (r"\[7.7\] one attribute with both, repaired", "the peer keeps both errors apart from what was repaired"),
    # 26: the peer judges the difference by a value read before.
    (r"\[11.3\] rds .*('ATTR_ALARM' \| 'ATTR_VALID'|\['ALARM', .*RDS.*\| \['ON')", "release 10 compares the set value with an old reading"),
    # The twin in Python answers with another type.
    (r"\[22.7\] Dyn of the (device|class): .*PyDs_PythonError", "a defect of the Python twin"),
    # Of the peer alone, not the same from run to run:
    (
        r"\[9.6\] before the first write: write_\w+: set value: \[[0-9.]+e-3[0-9]+",
        "the Python client shows memory in place of a set value that nobody has written",
    ),
    (
        r"(delta_(t|val)=.*, then delta_(t|val)=.*: database: delta_|_user delta_t=.* in the database: label changed: database: delta_val)",
        "libtango decides by uninitialized memory whether delta_t and delta_val are stored",
    ),
    (
        r"_user delta_t='9{20}' in the database: label changed: database: delta_t: \['-9223372036854775808'\]",
        "libtango writes the number it made of one that is too large",
    ),
    (r"\[12.12\] (State|Status) delta_(t|val)=.*: delta_", "libtango shows uninitialized memory of State and Status"),
    (
        r"\[12.12\] \w+ delta_t=.*: (configuration|label changed: delta_t): ",
        "libtango shows uninitialized memory when delta_t is wrong at the start",
    ),
    # Two peers of the same release differ here, from run to run.
    (
        r"\[12.12\] \w+ delta_t='(?![-+]?\d+')[^']*' in the database: label changed: (outcome|database: delta_t): ",
        "libtango decides by uninitialized memory whether a wrong delta_t is sent back as it was",
    ),
    (
        r"\[12.12\] .*'delta_t': 'abc'.* in the database.*: delta_t: ",
        "libtango shows uninitialized memory when delta_t is wrong at the start",
    ),
]


class Side:
    """One of the two devices."""

    def __init__(self, host, device):
        self.host = host
        self.proxy = open_device(host, device)
        self.name = self.proxy.dev_name()
        self.admin_name = self.proxy.adm_name().split("/", 3)[-1] if "://" in self.proxy.adm_name() else self.proxy.adm_name()
        self.admin = open_device(host, self.admin_name)
        self.admin.set_timeout_millis(30_000)
        address, port = host.rsplit(":", 1)
        self.database = tango.Database(address, int(port))
        self.device_class = self.proxy.info().dev_class
        self.names = [config.name for config in self.proxy.attribute_list_query_ex()]

    def is_libtango(self):
        """Whether the server is made with libtango, as it says itself."""
        return "cppTango" in str(getattr(self.proxy.info(), "version_info", ""))

    def text(self, text):
        """A text without what differs between two devices anyway."""
        for own, neutral in ((self.admin_name, "ADMIN"), (self.name, "D"), (f"tango://{self.host}/", "")):
            text = re.sub(re.escape(own), neutral, text, flags=re.IGNORECASE)
        # libtango reports freed memory here: any number.
        return re.sub(r"(Element \d+ \(value = )-?\d+", r"\1N", text)

    def errors(self, stack):
        # What the Python binding adds between the device's code and libtango says nothing.
        return [[error.reason, self.text(error.desc)] for error in stack if error.reason != "PyDs_UnexpectedFailure"]

    def outcome(self, action):
        """What the action gives: its value, or reasons and descriptions of its errors."""
        try:
            result = action(self)
        except tango.DevFailed as failed:
            return ["error", self.errors(failed.args)]
        except (TypeError, ValueError, OverflowError, UnicodeError) as refused:
            return ["refused by the client", type(refused).__name__]
        return self.neutral(plain(result))

    def neutral(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.neutral(item) for item in value]
        if isinstance(value, dict):
            return {key: self.neutral(item) for key, item in value.items()}
        return value

    # The most frequent requests.

    def command(self, name, *argument):
        return self.proxy.command_inout(name, *argument)

    def config(self, name):
        """The texts and fixed parts of a configuration, by the database's names."""
        return config_fields(self.proxy.get_attribute_config(name))

    def configure(self, name, **changes):
        """Sends the present configuration with these changes."""
        config = self.proxy.get_attribute_config(name)
        self.proxy.set_attribute_config(changed(config, **changes))

    def stored(self, name):
        """What the database has of the attribute."""
        found = self.database.get_device_attribute_property(self.name, name)
        return {key: list(values) for key, values in sorted(found[name].items())}

    def store(self, properties):
        """Puts properties of attributes into the database: {attribute: {property: text or texts}}."""
        self.database.put_device_attribute_property(
            self.name,
            {name: {key: [text] if isinstance(text, str) else list(text) for key, text in of.items()} for name, of in properties.items()},
        )

    def forget(self, *names):
        """Deletes what the database has of these attributes (all)."""
        for name in names or self.names:
            stored = self.database.get_device_attribute_property(self.name, name)[name]
            if stored:
                self.database.delete_device_attribute_property(self.name, {name: list(stored)})

    def restart(self):
        self.admin.command_inout("DevRestart", self.name)

    def restart_server(self):
        self.admin.command_inout("Init")

    def read(self, *names):
        """Everything but the time of the values of attributes."""
        return {name: self.value(value) for name, value in zip(names, self.proxy.read_attributes(list(names)))}

    def value(self, got):
        result = {"name": got.name, "quality": str(got.quality)}
        if got.has_failed:
            return {**result, "errors": self.errors(got.get_err_stack())}
        return {
            **result,
            "type": str(got.type),
            "format": str(got.data_format),
            "value": plain(got.value),
            "set value": plain(got.w_value),
            "dimensions": [got.dim_x, got.dim_y, got.w_dim_x, got.w_dim_y, got.nb_read, got.nb_written],
        }

    def condition(self):
        """State and Status in all their forms; the attributes last, since asking may change them."""
        states = [str(self.proxy.state()), str(self.command("State")), str(self.proxy.read_attribute("State").value)]
        texts = [self.proxy.status(), self.command("Status"), self.proxy.read_attribute("Status").value]
        return [states[0], texts[0]] if len(set(states)) == 1 and len(set(texts)) == 1 else [states, texts]


def config_fields(config):
    fields = {name: field(config, path) for name, path in PROPERTIES.items()}
    fields.update({name: str(field(config, name)) for name in FIXED})
    fields["enum_labels"] = list(config.enum_labels)
    return fields


def field(value, path):
    for name in path.split("."):
        value = getattr(value, name)
    return value


def changed(config, **changes):
    """The configuration with other texts (by the database's names) or other fixed parts."""
    for name, value in changes.items():
        owner, last = config, PROPERTIES.get(name, name)
        *path, last = last.split(".")
        for step in path:
            owner = getattr(owner, step)
        setattr(owner, last, value)
        if name in ("min_alarm", "max_alarm"):
            setattr(config, name, value)
    return config


def short(value, width=300):
    text = repr(value)
    return text if len(text) <= width else f"{text[: width - 20]}... ({len(text)} characters)"


class Comparison:
    """Runs the same on both sides and prints what differs."""

    def __init__(self, sides, show_all=False, limit=40, quick=False):
        self.sides, self.show_all, self.limit, self.quick = sides, show_all, limit, quick
        self.section, self.compared, self.unexpected = "", 0, 0
        # Whether the reference refused the last request.
        self.refused = False
        self.of_rule = Counter()
        self.has_rules = all(side.device_class == "Rules" for side in sides)
        self.names = [name for name in sides[0].names if name in sides[1].names]
        # libtango 10.3 takes a minimum above the maximum when it is given both at once, and then refuses every change.
        self.takes_crossed = any(side.proxy.info().server_version >= 6 and side.is_libtango() for side in sides)
        if not self.has_rules:
            self.hurry("50")

    def start(self, section):
        self.section = section
        self.clean()

    def hurry(self, period):
        """TangoTest waits for its generator whenever it restarts."""
        for side in self.sides:
            side.database.put_device_property(side.name, {"Sleep_period": [period]})
            side.restart()

    def clean(self):
        """Both devices as after their first start."""
        for side in self.sides:
            side.forget()
            for name in ("FailWrites", "FailInit"):
                side.database.delete_device_property(side.name, name)
            side.restart()

    def target(self, kind, purpose="plain"):
        """The attribute of a type which both devices have for a purpose, or None."""
        if self.has_rules:
            name = f"{kind}_{purpose}"
        elif purpose == "plain":
            name = STEADY.get(kind, "")
        else:
            name = f"{kind}_" + {"any": "scalar", "spec": "spectrum", "image": "image"}.get(purpose, "")
            if name == "long_image":  # kills the server of release 9
                return None
        return name if name in self.names else None

    def targets(self, kinds=KINDS, purposes=("plain",)):
        return [(kind, name) for kind in kinds for purpose in purposes if (name := self.target(kind, purpose))]

    def some(self, items, offset=0):
        """All of them, or every fifth with --quick; others for another offset."""
        return list(items)[offset % 5 :: 5] if self.quick else list(items)

    def do(self, action):
        """Runs something on both sides that is not compared."""
        for side in self.sides:
            action(side)

    def check(self, rule, subject, action):
        """Compares the outcomes of an action; answers whether they are the same."""
        left, right = (side.outcome(action) for side in self.sides)
        self.refused = isinstance(left, list) and left[:1] == ["error"]
        return self.compare(rule, subject, left, right)

    def compare(self, rule, subject, left, right):
        if isinstance(left, dict) and isinstance(right, dict):
            agree = True
            for key in dict.fromkeys([*left, *right]):
                agree &= self.compare(rule, f"{subject}: {key}", left.get(key, "(absent)"), right.get(key, "(absent)"))
            return agree
        self.compared += 1
        if same(left, right):
            return True
        line = f"[{rule}] {subject}: {short(left)} | {short(right)}"
        why = next((why for pattern, why in TOLERATED if re.search(pattern, line)), None)
        self.unexpected += why is None
        if why is None:
            self.of_rule[rule] += 1
            if self.of_rule[rule] == self.limit + 1:
                print(f"[{rule}] more differences are not shown (--limit)", flush=True)
            elif self.of_rule[rule] <= self.limit:
                print(f"DIFFERS: {line}", flush=True)
        elif self.show_all:
            print(f"tolerated ({why}): {line}", flush=True)
        return False

    def check_config(self, rule, subject, name):
        """Compares configuration and stored properties of an attribute."""
        agree = self.check(rule, subject, lambda side: side.config(name))
        return self.check(rule, f"{subject}: database", lambda side: side.stored(name)) and agree

    def condition(self, rule, subject):
        return self.check(rule, f"{subject}: State and Status", lambda side: side.condition())

    def reading(self, rule, subject, *names):
        return self.check(rule, subject, lambda side: side.read(*names))

    def restart(self):
        self.do(lambda side: side.restart())

    def wait(self, seconds):
        time.sleep(seconds)
