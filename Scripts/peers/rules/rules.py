#!/usr/bin/env python3
"""Asks two devices for the rules of attributes, configuration and restarts; the first is the reference.

rules.py HOST_A DEVICE_A HOST_B DEVICE_B [--section 12 --section 13] [--quick] [--all] [--verbose] [--limit N]

Both devices are of class Rules (rules_server.py and its Swift twin), or both are a TangoTest: then what needs Rules is left out.
Both need a database. Their attribute properties and written values are not kept.
Each difference is one line on stdout, `DIFFERS [rule] subject: field: A | B` (--all: tolerated ones too);
exit status 1 when one is not tolerated. --quick asks a fifth of the long sections. --limit ends a section after that many differences of one rule.
"""

import argparse
import sys

from rules_config import SECTIONS as CONFIGURATION
from rules_life import SECTIONS as LIFE
from rules_support import Comparison, Side
from rules_values import SECTIONS as VALUES

SECTIONS = {**LIFE, **VALUES, **CONFIGURATION}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("host_a", "device_a", "host_b", "device_b"):
        parser.add_argument(name)
    parser.add_argument("--section", action="append", choices=list(SECTIONS))
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--limit", type=int, default=40)
    options = parser.parse_args()
    sides = Side(options.host_a, options.device_a), Side(options.host_b, options.device_b)
    comparison = Comparison(sides, options.all, options.limit, options.quick)
    for name in options.section or SECTIONS:
        comparison.start(name)
        SECTIONS[name](comparison)
        if options.verbose:
            print(f"after {name}: {comparison.compared} comparisons, {comparison.unexpected} unexpected differences", flush=True)
    comparison.clean()
    print(f"{comparison.compared} comparisons, {comparison.unexpected} unexpected differences")
    return 1 if comparison.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
