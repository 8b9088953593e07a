#!/usr/bin/env python3
"""Uses the gateway's page in a headless Chromium, as a person would.

page.py URL TANGO_HOST [--login URL USER PASSWORD] [--screenshots FOLDER]

--login names a gateway that knows this user. Beside it run: test/showcase/1 (pagedevice.py, alias showcase), sys/tg_test/1 (TangoTest); test/showcase/dead is defined, without a server.
"""

import argparse
import re
import shutil
import struct
import sys
import time
import urllib.request
import zlib

from playwright.sync_api import Page, expect, sync_playwright

SHOWCASE = "test/showcase/1"
TANGO_TEST = "sys/tg_test/1"
DEAD = "test/showcase/dead"
WIDE = {"width": 1280, "height": 860}
MEDIUM = {"width": 1060, "height": 700}
NARROW = {"width": 360, "height": 780}
# What Chromium itself writes for each answer that is an error.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of (400|401|404|503)")


class Browser:
    """A page, its complaints, and its requests."""

    def __init__(self, browser, url, host, scheme="light", viewport=WIDE, **options):
        is_phone = viewport is NARROW
        self.context = browser.new_context(color_scheme=scheme, viewport=viewport, has_touch=is_phone, is_mobile=is_phone, **options)
        self.page = self.context.new_page()
        self.url, self.host = url.rstrip("/") + "/", host
        self.complaints = []
        self.requests = []
        self.page.on("console", lambda message: self.complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append((request.method, request.url)))

    def complain(self, kind, text):
        if kind in ("error", "warning") and not EXPECTED.match(text):
            self.complaints.append(text)

    def open(self, device=None, part=""):
        self.page.goto(self.url + (f"#/{self.host}/{device}{part}" if device else ""))
        if device:
            expect(self.page.locator("h1")).to_have_text(device)
        return self.page

    def close(self):
        assert self.complaints == [], self.complaints
        assert self.page.evaluate("window.hacked") is None, "text of a device ran as a script"
        outside = [url for _, url in self.requests if not url.startswith((self.url, "blob:"))]
        assert outside == [], f"requests to other hosts: {outside}"
        self.context.close()


def row(page: Page, name):
    return page.locator("tbody tr:not(.more)", has=page.get_by_role("button", name=name, exact=True))


def value(page: Page, name):
    return row(page, name).locator(".value")


def unfolded(page: Page, name):
    return row(page, name).locator("xpath=following-sibling::tr[1]")


def command(page: Page, name):
    return page.locator(".commands li", has=page.get_by_role("button", name=f"Execute {name}", exact=True))


def no_sideways_scroll(page: Page):
    widths = page.evaluate(
        "[document.documentElement, document.querySelector('#device'), document.querySelector('#devices')]"
        ".map((node) => [node.scrollWidth, node.clientWidth])"
    )
    assert all(inner <= outer for inner, outer in widths), widths


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1 + width) * height)) + chunk(b"IEND", b"")


def the_page_says_what_it_is(make):
    browser = make()
    page = browser.open()
    expect(page).to_have_title("Tango devices")
    expect(page.locator("#about")).to_contain_text(browser.host)
    expect(page.locator("#about")).to_contain_text("REST API v1.1")
    expect(page.locator("#about")).to_contain_text(re.compile(r"swift-tango \d+\.\d+\.\d+$"))
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ devices$"))
    browser.close()


def devices_are_found_and_opened(make):
    browser = make()
    page = browser.open()
    tree = page.get_by_role("tree", name="Devices")
    tree.get_by_role("treeitem", name="sys", exact=True).click()
    tree.get_by_role("treeitem", name="tg_test", exact=True).click()
    tree.get_by_role("treeitem", name="1", exact=True).click()
    expect(page.locator("h1")).to_have_text(TANGO_TEST)
    # The mouse leaves the keyboard at the row.
    expect(tree).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(tree.locator(".active")).to_have_text("tg_test")
    search = page.get_by_role("searchbox", name="Find a device or alias")
    search.fill("showcase 1")
    expect(page.locator("#count")).to_have_text(re.compile(r"^1 of \d+ devices$"))
    search.press("Enter")
    expect(page.locator("h1")).to_have_text(SHOWCASE)
    search.fill("no such thing")
    expect(page.locator("#count")).to_have_text(re.compile(r"^0 of"))
    search.press("Escape")
    # The address names the device: back, forward and bookmarks work.
    page.go_back()
    expect(page.locator("h1")).to_have_text(TANGO_TEST)
    page.go_forward()
    expect(page.locator("h1")).to_have_text(SHOWCASE)
    page.reload()
    expect(page.locator("h1")).to_have_text(SHOWCASE)
    expect(tree.locator("[aria-selected=true]")).to_contain_text("showcase")
    browser.close()


def the_keyboard_is_enough(make):
    browser = make()
    page = browser.open()
    expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ devices$"))
    tree = page.get_by_role("tree", name="Devices")

    def active():
        return page.locator(f"#{tree.get_attribute('aria-activedescendant')}").inner_text()

    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(tree).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert active() == browser.host, active()
    page.keyboard.type("test")
    assert active() == "test", active()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert active() == "showcase", active()
    page.keyboard.press("ArrowLeft")
    assert active() == "test", active()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(SHOWCASE)
    # On from the tree to the writing of the first attribute.
    expect(value(page, "current")).to_have_text("12.500")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Write current":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("New value in A (from -100 to 100)")).to_be_focused()
    page.keyboard.type("14.25")
    page.keyboard.press("Enter")
    expect(unfolded(page, "current").locator(".result")).to_contain_text("Written at")
    expect(value(page, "current")).to_have_text("14.250")
    # The parts, with the arrows.
    page.get_by_role("tab", name=re.compile("Attributes")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=re.compile("Commands"))).to_be_focused()
    expect(command(page, "Fail")).to_be_visible()
    browser.close()


def values_are_shown_as_they_are(make):
    browser = make()
    page = browser.open(SHOWCASE)
    expect(page.locator(".badge")).to_have_text("ALARM")
    expect(page.locator(".badge")).to_have_css("background-color", "rgb(255, 140, 0)")
    expect(page.locator(".status")).to_contain_text("The interlock is open. <script>window.hacked = 1</script>")
    for name, text in [
        ("temperature", "45.5"), ("absent", "–"), ("notANumber", "NaN"), ("limits", "[1.5, NaN, Infinity, -Infinity]"),
        ("wide", str(2**53 + 1)), ("largest", str(2**64 - 1)), ("mode", "MANUAL"), ("enabled", "true"),
    ]:
        expect(value(page, name)).to_have_text(text)
    for name, word in [("flow", "warning"), ("temperature", "alarm"), ("position", "changing"), ("absent", "invalid"), ("broken", "failed")]:
        expect(row(page, name).locator(".quality")).to_have_text(word)
    expect(row(page, "temperature")).to_contain_text("<b>Temperature</b>")
    expect(row(page, "temperature")).to_contain_text("°C")
    expect(value(page, "broken")).to_contain_text("Sensor_Lost: No sensor at address 7 <script>")
    assert len(value(page, "novel").inner_text()) < 300
    # They move, and leave a curve.
    before = value(page, "position").inner_text()
    expect(value(page, "position")).not_to_have_text(before)
    expect(row(page, "position").locator("svg path")).to_have_attribute("d", re.compile(r"^M.*L"))
    expect(row(page, "profile").locator("svg path")).to_have_attribute("d", re.compile(r"^M.*L"))
    page.get_by_role("button", name="spot", exact=True).click()
    expect(unfolded(page, "spot").locator("figcaption")).to_contain_text("160 × 120")
    shades = page.evaluate(
        "() => { const c = document.querySelector('canvas.picture'); const d = c.getContext('2d').getImageData(0, 0, 160, 120).data;"
        " return [d[(60 * 160 + 80) * 4], d[0]]; }"
    )
    assert shades[0] > 250 and shades[1] < 5, shades
    # Of a server that makes pictures, the page requests one.
    page.route("**/spot/value", lambda route: route.fulfill(content_type="image/png", body=png(7, 5)))
    expect(unfolded(page, "spot").locator("figcaption")).to_have_text("7 × 5")
    # Of expert level only on demand.
    expect(row(page, "gain")).to_have_count(0)
    page.get_by_label("Expert level").check()
    expect(row(page, "gain")).to_be_visible()
    page.get_by_role("searchbox", name="Filter by name").fill("pres")
    expect(page.locator("tbody tr:not(.more)")).to_have_count(1)
    # One request a round for all values, and only for those in sight.
    browser.requests.clear()
    for _ in range(2):
        with page.expect_request(re.compile("attributes/value")):
            pass
    requested = [url for _, url in browser.requests]
    assert all("/attributes/value?" in url and "pressure" in url and "temperature" not in url for url in requested), requested
    page.get_by_label("Values are read").select_option("0")
    expect(page.locator(".live")).to_contain_text("Not read since")
    page.get_by_role("tab", name="Properties").click()
    expect(page.locator(".properties")).to_contain_text("<script>window.hacked = 1</script>")
    browser.close()


def a_hidden_page_asks_nothing(make):
    browser = make()
    page = browser.open(SHOWCASE)
    expect(page.locator(".live")).to_have_text("Live")
    hide = (
        "(isHidden) => { Object.defineProperty(document, 'hidden', { get: () => isHidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.evaluate(hide, True)
    page.wait_for_timeout(1200)
    browser.requests.clear()
    page.wait_for_timeout(2200)
    assert browser.requests == [], browser.requests
    with page.expect_request(re.compile("attributes/value")):
        page.evaluate(hide, False)
    browser.close()


def attributes_are_written(make):
    browser = make()
    page = browser.open(SHOWCASE)

    def write(name, new):
        page.get_by_role("button", name=f"Write {name}", exact=True).click()
        form = unfolded(page, name).locator("form")
        field = form.locator("input, select, textarea")
        if field.evaluate("(node) => node.tagName") == "SELECT":
            field.select_option(new)
        else:
            field.fill(new)
        form.get_by_role("button", name="Write").click()
        return form.locator(".result")

    for name, new, shown in [
        ("current", "-7.5", "-7.500"), ("mode", "REMOTE", "REMOTE"), ("enabled", "false", "false"),
        ("wide", str(2**63 - 1), str(2**63 - 1)), ("text", "plain", "plain"), ("points", "[4, 5.5]", "[4, 5.5]"),
    ]:
        expect(write(name, new)).to_contain_text("Written at")
        expect(value(page, name)).to_have_text(shown)
    # The device refuses: its own words, and its whole stack.
    refusal = write("current", "13")
    expect(refusal).to_contain_text("PS_Interlock")
    expect(refusal).to_contain_text("The door of zone 4 is open")
    expect(refusal).to_contain_text("from PowerSupply::check")
    expect(refusal.get_by_text("The supply refuses 13 A")).to_be_hidden()
    refusal.get_by_text(re.compile("Whole stack")).click()
    expect(refusal.get_by_text("The supply refuses 13 A")).to_be_visible()
    expect(write("current", "101")).to_contain_text("API_WAttrOutsideLimit")
    expect(value(page, "current")).to_have_text("-7.500")
    expect(row(page, "current").locator(".set-point")).to_have_text(re.compile(r"^set to "))
    expect(row(page, "pressure").locator(".set-point")).to_be_hidden()
    # What is no value at all is not sent.
    browser.requests.clear()
    expect(write("wide", "12 apples")).to_contain_text("This is not a whole number")
    expect(write("points", "[1,")).to_contain_text("This is not JSON")
    assert [url for method, url in browser.requests if method == "PUT"] == []
    browser.close()


def the_field_starts_with_the_set_point(make):
    browser = make()
    page = browser.open(SHOWCASE)

    def puts():
        return [url for method, url in browser.requests if method == "PUT"]

    # Unfolded and sent as it is: nothing moves.
    for name, reading, set_point, new, shown in [
        ("motor", "41.250", "40.000", "41", "41.000"), ("register", "0x100", "0xff", "0x10", "0x10"),
        ("wide", re.compile(r"^\d+$"), re.compile(r"^\d+$"), "7", "7"),
    ]:
        expect(value(page, name)).to_have_text(reading)
        page.get_by_role("button", name=name, exact=True).click()
        form = unfolded(page, name).locator("form")
        field = form.get_by_label("New value")
        expect(field).to_have_value(set_point)
        browser.requests.clear()
        field.press("Enter")
        expect(form.locator(".result")).to_contain_text("Nothing was changed")
        form.get_by_role("button", name="Write").click()
        page.wait_for_timeout(300)
        assert puts() == [], puts()
        # What is typed stays while values are read, and is written.
        field.fill(new)
        page.wait_for_timeout(1300)
        expect(field).to_have_value(new)
        field.press("Enter")
        expect(form.locator(".result")).to_contain_text("Written at")
        assert len(puts()) == 1, puts()
        expect(field).to_have_value(shown)
        field.press("Enter")
        expect(form.locator(".result")).to_contain_text("Nothing was changed")
        assert len(puts()) == 1, puts()
    # The set point that another client sets is shown.
    page.evaluate(
        "(url) => fetch(url, { method: 'PUT' })",
        f"{browser.url}tango/rest/v1.1/hosts/{browser.host}/devices/{SHOWCASE}/attributes/motor/value?v=39")
    expect(unfolded(page, "motor").get_by_label("New value")).to_have_value("39.000")
    # A choice, too, begins with the set point.
    page.get_by_role("button", name="Write mode", exact=True).click()
    form = unfolded(page, "mode").locator("form")
    expect(form.get_by_label("New value")).to_have_value("MANUAL")
    browser.requests.clear()
    form.get_by_role("button", name="Write").click()
    expect(form.locator(".result")).to_contain_text("Nothing was changed")
    assert puts() == [], puts()
    # What has no set point begins empty.
    page.get_by_role("button", name="Write points", exact=True).click()
    unfolded(page, "points").locator("form").get_by_role("button", name="Write").click()
    page.wait_for_timeout(300)
    assert puts() == [], puts()
    browser.close()


def scales_have_all_digits(make):
    browser = make()
    page = browser.open(SHOWCASE)
    page.get_by_role("button", name="largest", exact=True).click()
    expect(unfolded(page, "largest").locator(".scale span").first).to_have_text(str(2**64 - 1))
    # Two integers that are one as floating point numbers.
    values = iter([2**64 - 1, 2**64 - 2])

    def answer(route):
        number = next(values, 2**64 - 2)
        item = f'{{"name": "largest", "host": "h", "device": "d", "value": {number}, "quality": "ATTR_VALID", "timestamp": 1}}'
        route.fulfill(content_type="application/json", body=f"[{item}]")

    page.route("**/attributes/value?**", answer)
    page.reload()
    page.get_by_role("button", name="largest", exact=True).click()
    expect(unfolded(page, "largest").locator(".scale span")).to_have_text([str(2**64 - 1), str(2**64 - 2)])
    heights = unfolded(page, "largest").locator("svg path").get_attribute("d")
    assert len({point.split()[1] for point in re.findall(r"[\d.]+ [\d.]+", heights)}) == 2, heights
    browser.close()


def an_admin_device_is_asked_about(make):
    browser = make()
    page = browser.open("dserver/pagedevice/t", "/commands")
    dialog = page.get_by_role("dialog")
    browser.requests.clear()
    for name in ("Kill", "RestartServer", "QueryClass", "State"):
        command(page, name).get_by_role("button").click()
        expect(dialog).to_contain_text(f"Execute {name}?")
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)
    restart = command(page, "DevRestart")
    restart.get_by_role("textbox").fill(SHOWCASE)
    restart.get_by_role("textbox").press("Enter")
    expect(dialog).to_contain_text("Execute DevRestart?")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert [url for method, url in browser.requests if method == "PUT"] == []
    command(page, "QueryClass").get_by_role("button").click()
    dialog.get_by_role("button", name="Execute").click()
    expect(command(page, "QueryClass").locator(".result")).to_contain_text("Showcase")
    browser.close()


def the_user_is_shown(make, login):
    browser = make()
    browser.open(SHOWCASE)
    expect(browser.page.locator("#user")).to_be_empty()
    browser.close()
    if login is None:
        return
    url, user, password = login
    for options, address in (
        ({"http_credentials": {"username": user, "password": password}}, url), ({}, url.replace("://", f"://{user}:{password}@")),
    ):
        browser = make(**options)
        browser.url = address.rstrip("/") + "/"
        page = browser.page
        page.goto(browser.url + f"#/{browser.host}/{SHOWCASE}")
        expect(page.locator(".badge")).to_have_text("ALARM")
        expect(page.locator("#count")).to_contain_text("devices")
        expect(page.locator("#user")).to_have_text(f"Logged in as {user}")
        browser.context.close()


def commands_are_executed(make):
    browser = make()
    page = browser.open(SHOWCASE, "/commands")
    ramp = command(page, "Ramp")
    expect(ramp).to_contain_text("Target in A")
    ramp.get_by_role("spinbutton").fill("2.5")
    ramp.get_by_role("button").click()
    expect(ramp.locator(".result")).to_contain_text("ramping to 2.5 <script>")
    double = command(page, "Double")
    double.get_by_role("textbox").fill(f"[{2**60 + 1}, 4]")
    double.get_by_role("button").click()
    expect(double.locator(".result")).to_contain_text(f"[{2**61 + 2}, 8]")
    fail = command(page, "Fail")
    fail.get_by_role("button").click()
    expect(fail.locator(".result")).to_contain_text("PS_Fuse")
    expect(fail.locator(".result")).to_contain_text("Fuse 3 is blown")
    expect(command(page, "Erase")).to_have_count(0)
    page.get_by_label("Expert level").check()
    browser.requests.clear()
    command(page, "Erase").get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert [url for method, url in browser.requests if method == "PUT"] == []
    command(page, "Erase").get_by_role("button").click()
    dialog.get_by_role("button", name="Execute").click()
    expect(command(page, "Erase").locator(".result")).to_contain_text("42")
    browser.close()


def pipes_are_shown(make):
    browser = make()
    page = browser.open(TANGO_TEST)
    page.get_by_role("tab", name="Pipes (1)").click()
    expect(page).to_have_url(re.compile("/pipes$"))
    pipe = page.locator(".pipes li")
    expect(pipe).to_contain_text("string_long_short_ro")
    for name, shown in [("FirstDE", "The string"), ("SecondDE", "666"), ("ThirdDE", "12")]:
        expect(pipe.locator("tr", has=page.get_by_role("rowheader", name=name, exact=True)).locator("td")).to_have_text(shown)
    page.get_by_label("Filter by name").fill("nothing")
    expect(page.locator("#panel")).to_contain_text("No pipe matches the filter")
    # Devices without pipes have no such part.
    page = browser.open(SHOWCASE)
    expect(page.get_by_role("tab", name="Commands (")).to_be_visible()
    expect(page.get_by_role("tab", name="Pipes")).to_have_count(0)
    # What is within a blob is below it; what it says stays text.
    hostile = "<script>window.hacked = 1</script>"
    elements = [{"name": "note", "value": [hostile]}, {"name": "levels", "value": [1.5, 2.5]},
                {"name": "cooling", "value": [{"name": "flow", "value": [3.25]}, {"name": "valves", "value": [{"name": hostile, "value": ["open"]}]}]}]
    page.route("**/pipes/*/value", lambda route: route.fulfill(json={"host": browser.host, "device": TANGO_TEST, "name": "p", "timestamp": 1, "data": elements}))
    page = browser.open(TANGO_TEST, "/pipes")
    expect(page.locator(".pipes .level-0")).to_have_text(["note", "levels", "cooling"])
    expect(page.locator(".pipes .level-1")).to_have_text(["flow", "valves"])
    expect(page.locator(".pipes .level-2")).to_have_text([hostile])
    expect(page.locator(".pipes td")).to_have_text([hostile, "[1.5, 2.5]", "", "3.25", "", "open"])
    browser.close()


def troubles_are_told(make):
    browser = make()
    page = browser.open(DEAD)
    expect(page.locator(".badge")).to_have_text("not exported")
    expect(page.locator(".trouble")).to_contain_text("its server pagedevice/gone does not run")
    expect(page.locator(".live")).to_contain_text("next attempt in")
    page.get_by_role("tab", name="Properties").click()
    expect(page.locator(".properties")).to_be_visible()
    browser.open("no/such/device")
    expect(page.locator(".trouble")).to_contain_text("There is no such device")
    expect(page.locator(".trouble")).to_contain_text("DB_DeviceNotDefined")
    # An attribute that throws spoils only itself; all goes on when the gateway was away.
    browser.open(TANGO_TEST)
    expect(value(page, "throw_exception")).to_contain_text("exception")
    expect(value(page, "boolean_scalar")).to_have_text(re.compile("true|false"))
    page.route("**/tango/rest/**", lambda route: route.fulfill(
        status=503, content_type="application/json",
        body='{"errors":[{"reason":"API_DeviceTimedOut","description":"<i>Timeout</i>","severity":"ERR","origin":"x"}]}'))
    expect(page.locator(".trouble")).to_contain_text("<i>Timeout</i>")
    expect(page.locator(".badge")).to_have_text("not answering")
    page.unroute("**/tango/rest/**")
    page.get_by_role("button", name="Try now").click()
    expect(page.locator(".live")).to_have_text("Live")
    expect(page.locator(".trouble")).to_be_empty()
    # Who may not come in reads why.
    page.route("**/tango/rest/**", lambda route: route.fulfill(
        status=401, content_type="application/json",
        body='{"errors":[{"reason":"REST_Unauthorized","description":"Who are you?","severity":"ERR","origin":"GET x"}]}'))
    expect(page.locator(".trouble")).to_contain_text("Not allowed")
    expect(page.locator(".trouble")).to_contain_text("Who are you?")
    page.reload()
    expect(page.locator("#tree-problem")).to_contain_text("REST_Unauthorized")
    browser.close()


TOO_SMALL = """() => [...document.querySelectorAll("button, select, textarea, summary, .row, .check, .back, input:not([type=checkbox])")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 43.9).map((node) => node.outerHTML.slice(0, 80))"""

CONTRAST = """() => {
  const shade = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = shade(getComputedStyle(node).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    if (![...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim()) || !node.checkVisibility() || node.closest(".skip, noscript, option")) continue;
    const [a, b] = [light(shade(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${node.tagName}.${node.className} ${node.textContent.slice(0, 20)}: ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


def it_fits_light_dark_wide_and_narrow(make, folder):
    backgrounds = set()
    for scheme, name, viewport in (
        ("light", "wide", WIDE), ("dark", "wide", WIDE), ("light", "narrow", NARROW), ("dark", "narrow", NARROW), ("dark", "medium", MEDIUM),
    ):
        browser = make(scheme=scheme, viewport=viewport)

        def look(what):
            page.wait_for_timeout(100)
            no_sideways_scroll(page)
            assert name != "narrow" or page.evaluate(TOO_SMALL) == [], (what, page.evaluate(TOO_SMALL))
            assert page.evaluate(CONTRAST) == [], (scheme, name, what, page.evaluate(CONTRAST))
            if folder:
                page.screenshot(path=f"{folder}/{what}-{scheme}-{name}.png")

        page = browser.open()
        expect(page.locator("#count")).to_have_text(re.compile(r"^\d+ devices$"))
        look("list")
        browser.open(SHOWCASE)
        expect(value(page, "enabled")).to_have_text(re.compile("true|false"))
        look("device")
        page.get_by_role("button", name="Write current").click()
        page.get_by_role("button", name="profile", exact=True).click()
        page.get_by_role("button", name="spot", exact=True).click()
        expect(unfolded(page, "spot").locator("figcaption")).to_contain_text("×")
        look("unfolded")
        page.get_by_role("tab", name=re.compile("Commands")).click()
        command(page, "Fail").get_by_role("button").click()
        expect(command(page, "Fail").locator(".problem")).to_be_visible()
        look("commands")
        page.get_by_role("tab", name="Properties").click()
        expect(page.locator(".properties")).to_be_visible()
        look("properties")
        browser.open(TANGO_TEST, "/pipes")
        expect(page.locator(".pipes")).to_contain_text("The string")
        look("pipes")
        browser.open(DEAD)
        expect(page.locator(".trouble .problem")).to_be_visible()
        look("dead")
        if name == "narrow":
            page.get_by_role("link", name="All devices").tap()
            expect(page.locator("#devices")).to_be_visible()
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        browser.close()
    assert len(backgrounds) == 2, backgrounds


# Ten thousand devices, of which only the rows in sight are in the document.
def many_devices_stay_fast(make):
    browser = make()
    domains = [{
        "value": f"d{d}", "$css": "tango_domain", "data": [{
            "value": f"f{f}", "$css": "tango_family",
            "data": [{"value": str(m), "$css": "member", "isMember": True, "device_name": f"d{d}/f{f}/{m}"} for m in range(100)],
        } for f in range(10)],
    } for d in range(10)]
    tree = [{"id": browser.host, "value": browser.host, "$css": "tango_host", "isAlive": True, "data": [{"value": "aliases", "$css": "aliases", "data": []}, *domains]}]
    browser.page.route("**/devices/tree", lambda route: route.fulfill(json=tree))
    page = browser.open()
    expect(page.locator("#count")).to_have_text("10000 devices")
    page.locator("#search").fill("f")
    expect(page.locator("#count")).to_have_text("10000 of 10000 devices")
    page.locator("#search").press("ArrowDown")
    page.keyboard.press("End")
    expect(page.get_by_role("treeitem", name="d9/f9/99")).to_be_visible()
    assert page.get_by_role("treeitem").count() < 100
    browser.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("host")
    parser.add_argument("--screenshots")
    parser.add_argument("--login", nargs=3, metavar=("URL", "USER", "PASSWORD"))
    arguments = parser.parse_args()
    program = shutil.which("chromium")
    if program is None:
        sys.exit("page.py: there is no chromium")
    host, port = arguments.host.split(":")
    init = f"{arguments.url.rstrip('/')}/tango/rest/v1.1/hosts/{host};port={port}/devices/{SHOWCASE}/commands/Init"
    urllib.request.urlopen(urllib.request.Request(init, method="PUT")).close()
    expect.set_options(timeout=8000)
    with sync_playwright() as playwright:
        # The sandbox needs rights that a container does not give; only pages of this test are loaded.
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])

        def make(**options):
            return Browser(chromium, arguments.url, arguments.host, **options)

        for check in (
            the_page_says_what_it_is, devices_are_found_and_opened, values_are_shown_as_they_are, the_keyboard_is_enough, pipes_are_shown,
            a_hidden_page_asks_nothing, the_field_starts_with_the_set_point, attributes_are_written, scales_have_all_digits, commands_are_executed,
            an_admin_device_is_asked_about, troubles_are_told, many_devices_stay_fast, the_user_is_shown, it_fits_light_dark_wide_and_narrow,
        ):
            start = time.monotonic()
            if check is it_fits_light_dark_wide_and_narrow:
                check(make, arguments.screenshots)
            elif check is the_user_is_shown:
                check(make, arguments.login)
            else:
                check(make)
            print(f"ok {check.__name__} {time.monotonic() - start:.1f} s", flush=True)
        chromium.close()


if __name__ == "__main__":
    main()
