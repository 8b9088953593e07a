#!/usr/bin/env python3
"""Counts the public declarations of the products that have no documentation comment.

documentation.py [--report]   prints them as FILE:LINE: DECLARATION and the number; status 1 when there is one, 0 with --report

A declaration counts when programs that import a product can see it: it is public, and so are the types around it. The requirements of
public protocols and the cases of public enumerations are public. Witnesses inherit the documentation of the requirement, also those of
the standard library's protocols.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

PRODUCTS = ["TangoCore", "TangoClient", "TangoServer", "TangoTesting", "TangoDatabase", "TangoGateway"]
ROOT = Path(__file__).resolve().parents[2]

ATTRIBUTES = r"(?:@\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?\s+)*"
MODIFIER = (
    r"(?:public|open|package|internal|fileprivate|private|static|class(?=\s+(?:func|var|subscript))|final|override|mutating|nonmutating|"
    r"nonisolated|isolated|convenience|required|dynamic|lazy|weak|unowned|indirect|consuming|borrowing|distributed|prefix|postfix|infix|"
    r"async|unsafe)(?:\([\w ]+\))?"
)
DECLARATION = re.compile(
    rf"^\s*{ATTRIBUTES}((?:{MODIFIER}\s+)*)"
    r"(func|var|let|init|subscript|struct|class|enum|protocol|actor|typealias|associatedtype|case|extension)\b\s*([\w.`]*|[^\w\s(]+)"
)
TYPES = {"struct", "class", "enum", "protocol", "actor", "extension"}
WITNESSES = re.compile(
    r"func\s*(?:==|<)|func hash\(into|func encode\(to|func callAsFunction|init\(from decoder|func makeAsyncIterator|func makeIterator|func next\(|"
    r"(?:var|let) (?:description: String \{|debugDescription|errorDescription|hashValue|startIndex|endIndex|rawValue|id|customMirror|underestimatedCount)(?!\w)|"
    r"init\((?:\w+Literal|rawValue)\b|func index\((?:after|before)|subscript\(position|static func (?:==|<|build\w+)|typealias (?:Element|Index|RawValue|\w+Literal\w*)\b"
)


class Scope:
    def __init__(self, kind, name, visible, depth):
        self.kind, self.name, self.visible, self.depth = kind, name, visible, depth


def stripped(lines):
    """The lines without texts and comments, so that their braces can be counted."""
    in_text = in_comment = False
    for line in lines:
        if in_text:
            if '"""' not in line:
                yield ""
                continue
            line, in_text = line.split('"""', 1)[1], False
        if in_comment:
            if "*/" not in line:
                yield ""
                continue
            line, in_comment = line.split("*/", 1)[1], False
        line = re.sub(r'"""(?:.*?)"""', '""', line)
        if '"""' in line:
            line, in_text = line.split('"""', 1)[0], True
        line = re.sub(r'#"(?:.*?)"#', '""', line)
        line = re.sub(r'"(?:\\.|[^"\\])*"', '""', line)
        line = re.sub(r"//.*", "", line)
        line = re.sub(r"/\*.*?\*/", "", line)
        if "/*" in line:
            line, in_comment = line.split("/*", 1)[0], True
        yield line


def declarations(path):
    """Yields number, kind, name, modifiers and the scopes around of each declaration outside of bodies."""
    lines = path.read_text(encoding="utf-8").split("\n")
    scopes, depth = [], 0
    pending = None
    for number, line in enumerate(stripped(lines), 1):
        match = DECLARATION.match(line)
        is_member = depth == (scopes[-1].depth if scopes else 0)
        if match and is_member:
            modifiers, kind, name = match.group(1).split(), match.group(2), match.group(3).strip("`")
            yield number, kind, name, modifiers, list(scopes), lines
            if kind in TYPES:
                pending = (kind, name, modifiers)
        for character in line:
            if character == "{":
                depth += 1
                if pending and is_member:
                    scopes.append(Scope(pending[0], pending[1], pending[2], depth))
                    pending = None
                    is_member = False
            elif character == "}":
                depth -= 1
                while scopes and scopes[-1].depth > depth:
                    scopes.pop()


def requirement(line):
    """What a requirement and its witness have in common: kind, name, first label."""
    match = re.search(r"\b(init|func \w+|subscript)[^(]*\((\w*)", line) or re.search(r"\b(?:var|let|associatedtype|typealias) (\w+)", line)
    return match.groups() if match else None


def is_documented(lines, number):
    """Whether a documentation comment ends above the declaration and its attributes."""
    index = number - 2
    while index >= 0 and re.match(r"^\s*(@|#if|#endif|#else)", lines[index]):
        index -= 1
    return index >= 0 and lines[index].lstrip().startswith(("///", "*/"))


def main():
    files = [path for product in PRODUCTS for path in sorted((ROOT / "Sources" / product).rglob("*.swift"))]
    found = [(path, *declaration) for path in files for declaration in declarations(path)]
    is_public = lambda modifiers: "public" in modifiers or "open" in modifiers
    # Types declared here that nobody outside can see; an extension of another one is as visible as its members say.
    hidden = {name for _, _, kind, name, modifiers, scopes, _ in found if kind in TYPES - {"extension"} and not is_public(modifiers)}
    hidden -= {name for _, _, kind, name, modifiers, scopes, _ in found if kind in TYPES - {"extension"} and is_public(modifiers)}

    def is_visible(scope):
        if scope.kind == "extension":
            return not any(part in hidden for part in scope.name.split("."))
        return is_public(scope.visible)

    # By protocol: its requirements, and the types and protocols that conform to it.
    requirements, conforming = defaultdict(set), defaultdict(set)
    for _, number, kind, name, _, scopes, lines in found:
        if scopes and scopes[-1].kind == "protocol":
            requirements[scopes[-1].name].add(requirement(lines[number - 1]))
        elif kind in TYPES and (clause := re.search(rf"\b{re.escape(name)}(?:<[^>]*>)?\s*:([^{{]*)", lines[number - 1])):
            for protocol in re.findall(r"\w+", clause.group(1).split(" where ")[0]):
                conforming[name].add(protocol)

    def inherited(name, seen=frozenset()):
        """The requirements of the protocols that a type conforms to, and of itself where it is one."""
        if name in seen:
            return set()
        return requirements.get(name, set()).union(*(inherited(protocol, seen | {name}) for protocol in conforming.get(name, ())))

    missing, total = [], 0
    for path, number, kind, name, modifiers, scopes, lines in found:
        if kind == "extension" or not all(is_visible(scope) for scope in scopes):
            continue
        inherits = bool(scopes) and (scopes[-1].kind == "protocol" or (scopes[-1].kind == "enum" and kind == "case"))
        if not (is_public(modifiers) or inherits) or "override" in modifiers:
            continue
        total += 1
        line = lines[number - 1].strip()
        is_witness = bool(scopes) and scopes[-1].kind != "protocol" and requirement(line) in inherited(scopes[-1].name)
        if kind == "enum" and re.search(r"\{ *case ", line):
            missing.append(f"{path.relative_to(ROOT)}:{number}: cases on the line of {line[:90]}")
        if not is_documented(lines, number) and not is_witness and not WITNESSES.search(line):
            missing.append(f"{path.relative_to(ROOT)}:{number}: {line[:110]}")
    print("\n".join(missing))
    print(f"{len(missing)} of {total} public declarations have no documentation comment")
    return 1 if missing and "--report" not in sys.argv else 0


sys.exit(main())
