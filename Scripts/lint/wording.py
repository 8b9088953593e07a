#!/usr/bin/env python3
"""Finds words that the project's English does not use, British spelling, and citations of rules that do not exist.

wording.py [--report]   prints FILE:LINE: TEXT of each and the number; status 1 when there is one, 0 with --report

CONTRIBUTING.md has the rules. A line that quotes a peer's text with such a word ends with `lint: quoted` in a comment.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = ["*.swift", "*.md", "*.py", "*.sh", "*.js", "*.html", "*.c", "*.h", "Makefile", "NOTICE"]
HERE = "Scripts/lint/wording.py"
ARTICLE = ROOT / "Sources/TangoServer/TangoServer.docc/Compatibility.md"

# Words for what a program says, reads or knows; plain ones are "sends", "returns", "reads", "requests", "applies".
BANNED = [
    r"incumbents?", r"obeys?", r"obeyed", r"obeying", r"tenures?", r"told", r"asked", r"whoever", r"com(?:es|ing) late", r"comesLate",
    r"came late", r"\(measured", r"measured rules?",
]
BRITISH = [
    r"\w*(?:initial|synchron|serial|recogn|normal|optim|organ|capital|character|author|general|special|memor|summar|minim|maxim|util|"
    r"final|local|visual|custom|stabil|emphas|priorit|material|categor|standard)is(?:e[drs]?|ing|ation|ations)",
    r"behaviours?", r"(?:dis)?colou?rs?(?<!color)(?<!colors)", r"coloured", r"neighbours?", r"favours?", r"favourites?", r"honours?", r"honoured",
    r"grey", r"centred?", r"metres?", r"catalogues?", r"analys(?:e[drs]?|ing)", r"modell(?:ed|ing)",
]
# Names of the peers' own, and of other projects.
ALLOWED = [
    r"Uninitialised", r"Not initialised", r"API_\w+", r"\w*\.serialise\w*",
]

words = re.compile(rf"(?<![\w-])(?:{'|'.join(BANNED)})(?![\w])|(?<![\w-])(?:{'|'.join(BRITISH)})(?![\w])", re.IGNORECASE)
parts = re.compile(r"obey|tenure|incumbent|(?<![a-z])[Tt]old(?=[A-Z])|[a-z]Told|(?<![a-z])asked(?=[A-Z])|[a-z]Asked(?![a-z])|whoever|[Ii]nitialis|[Ss]ynchronis|[Bb]ehaviour|[Ss]erialis|[Cc]olour|[Rr]ecognis")
allowed = re.compile("|".join(ALLOWED))
cited = re.compile(r"Compatibility[ `*]+((?:[WEDR])?\d+(?:\.\d+)?)(?![\w])")


def tracked():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *FILES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in names.split("\n") if name and name != HERE and (ROOT / name).exists()]


def main():
    article = ARTICLE.read_text(encoding="utf-8")
    rules = set(re.findall(r"\*\*((?:[WEDR])?\d+(?:\.\d+)?)\*\*", article)) | set(re.findall(r"^## (\d+)\.", article, re.MULTILINE))
    found = []
    for name in tracked():
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8", errors="replace").split("\n"), 1):
            if "lint: quoted" in line:
                continue
            plain = allowed.sub("", line)
            hits = {match.group(0) for match in words.finditer(plain)} | {match.group(0) for match in parts.finditer(plain)}
            hits |= {f"no rule {rule}" for rule in cited.findall(line) if rule not in rules}
            if hits:
                found.append(f"{name}:{number}: {', '.join(sorted(hits))}: {line.strip()[:140]}")
    print("\n".join(found))
    print(f"{len(found)} lines with words of no plain American English, or with citations of no rule")
    return 1 if found and "--report" not in sys.argv else 0


sys.exit(main())
