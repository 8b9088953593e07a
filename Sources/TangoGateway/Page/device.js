// The view of one device.

import { Device, Refusal } from "./api.js";
import { AttributeTable } from "./attributes.js";
import { CommandList } from "./commands.js";
import { element, problem, setText } from "./dom.js";
import { PipeList } from "./pipes.js";
import { Poller } from "./poller.js";
import { PropertyTable } from "./properties.js";
import { states, timeText } from "./values.js";

export const tabs = ["attributes", "commands", "pipes", "properties"];

const periods = [["1000", "every second"], ["500", "twice a second"], ["2000", "every 2 s"], ["5000", "every 5 s"], ["10000", "every 10 s"], ["0", "paused"]];
let period = 1000;
let isExpert = false;

export class DeviceView {
  /** @param tabChanged called with the tab that was chosen. */
  constructor(main, host, name, tab, tabChanged) {
    this.device = new Device(host, name);
    this.tabChanged = tabChanged;
    this.parts = {};
    this.tab = tab;
    this.#build(main);
    this.showTab(tab);
    this.poller = new Poller((signal) => this.#refresh(signal), period, (report) => this.#report(report));
  }

  stop() {
    this.poller.stop();
  }

  #build(main) {
    this.state = element("span", { class: "badge", "data-state": "" }, "…");
    this.status = element("pre", { class: "status" });
    this.title = element("h1", { tabindex: "-1" }, this.device.name);
    this.alias = element("span", { class: "note" });
    this.facts = element("dl", { class: "facts" });
    this.trouble = element("div", { class: "trouble" });
    this.live = element("span", { class: "live", role: "status" });
    this.rate = element(
      "select", { "aria-label": "Values are read", change: () => { period = Number(this.rate.value); this.poller.setPeriod(period); } },
      ...periods.map(([value, words]) => element("option", { value, selected: Number(value) === period }, words)));
    this.filter = element("input", {
      type: "search", placeholder: "Filter by name", "aria-label": "Filter by name", autocomplete: "off", spellcheck: "false", input: () => this.#select(),
    });
    this.expert = element("input", { type: "checkbox", change: () => { isExpert = this.expert.checked; this.#select(); } });
    this.expert.checked = isExpert;
    this.expertLabel = element("label", { class: "check", hidden: true }, this.expert, " Expert level");
    this.buttons = tabs.map((tab) => element(
      "button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": "panel", click: () => this.#choose(tab), keydown: (event) => this.#tabKey(event) },
      tab[0].toUpperCase() + tab.slice(1)));
    this.panel = element("div", { role: "tabpanel", id: "panel" });
    main.replaceChildren(
      element("a", { class: "back", href: "#/" }, "‹ All devices"),
      element("div", { class: "head" }, element("div", {}, this.title, this.alias), this.state),
      this.status, this.facts, this.trouble,
      element("div", { role: "tablist", "aria-label": "Parts of the device" }, ...this.buttons),
      element("div", { class: "tools" }, this.filter, this.expertLabel, element("span", { class: "rate" }, this.live, this.rate)),
      this.panel);
  }

  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const seen = tabs.filter((tab, index) => !this.buttons[index].hidden);
    const next = seen[(seen.indexOf(this.tab) + step + seen.length) % seen.length];
    this.#choose(next);
    this.buttons[tabs.indexOf(next)].focus();
  }

  #choose(tab) {
    this.showTab(tab);
    this.tabChanged(tab);
  }

  showTab(tab) {
    this.tab = tab;
    this.filter.value = "";
    for (const [index, name] of tabs.entries()) {
      this.buttons[index].setAttribute("aria-selected", String(name === tab));
      this.buttons[index].tabIndex = name === tab ? 0 : -1;
      // Most devices have no pipes.
      if (name === "pipes") this.buttons[index].hidden = name !== tab && !(this.parts.pipes?.entries.length > 0);
    }
    this.panel.setAttribute("aria-labelledby", `tab-${tab}`);
    this.#fill();
    this.poller?.runNow();
  }

  /** Shows the chosen tab in the panel. */
  #fill() {
    const part = this.parts[this.tab];
    this.panel.replaceChildren(part?.node ?? element("p", { class: "note" }, "Loading …"));
    this.expertLabel.hidden = !part?.hasExpert;
    this.#select();
  }

  #select() {
    this.parts[this.tab]?.select(this.filter.value, isExpert);
    this.poller?.runNow();
  }

  /** One round: loads what is not known yet, then reads the values. */
  async #refresh(signal) {
    const { device } = this;
    if (!this.isKnown || this.poller?.failures > 0) {
      this.#introduce(await device.info(signal));
      this.isKnown = true;
    }
    if (this.tab === "properties" && !this.parts.properties) {
      this.#add("properties", new PropertyTable(await device.properties(signal)));
    }
    // The database part was shown above; the rest needs a running device.
    if (!this.isExported) {
      throw new Refusal(503, [{ reason: "Not exported", description: `${device.name} is defined, but its server ${this.server} does not run`, severity: "ERR", origin: "" }]);
    }
    const changed = () => this.poller?.runNow();
    if (!this.parts.attributes) this.#add("attributes", new AttributeTable(device, await device.attributes(signal), changed));
    if (!this.parts.commands) this.#add("commands", new CommandList(device, await device.commands(signal), changed));
    if (!this.parts.pipes) this.#add("pipes", new PipeList(device, await device.pipes(signal)));
    const table = this.parts.attributes;
    const names = new Set(["State", "Status", ...(this.tab === "attributes" ? table.names : [])]);
    const items = await device.read([...names], signal);
    this.#showState(items);
    if (this.tab === "pipes") await this.parts.pipes.read(signal);
    if (this.tab !== "attributes") return;
    table.show(items);
    for (const row of table.heavy) await row.readHeavy(signal);
  }

  #add(tab, part) {
    this.parts[tab] = part;
    const button = this.buttons[tabs.indexOf(tab)];
    const count = part.rows?.size ?? part.rows?.length ?? part.entries?.length;
    button.textContent = `${tab[0].toUpperCase()}${tab.slice(1)} (${count})`;
    if (tab === "pipes") button.hidden = count === 0 && tab !== this.tab;
    if (tab === this.tab) this.#fill();
  }

  #introduce(entity) {
    const { info } = entity;
    // After a restart it may have other attributes.
    if (this.started !== undefined && this.started !== `${info.last_exported} ${info.pid}`) delete this.parts.attributes, delete this.parts.commands, delete this.parts.pipes;
    this.started = `${info.last_exported} ${info.pid}`;
    this.isExported = info.exported;
    this.server = info.server;
    setText(this.title, entity.name);
    setText(this.alias, entity.alias ? `alias ${entity.alias}` : "");
    const facts = [
      ["Class", info.classname], ["Server", info.server], ["Host", info.exported ? `${info.hostname}, process ${info.pid}` : "not running"],
      info.exported ? ["Since", info.last_exported] : ["Stopped", info.last_unexported], ["Database", entity.host],
    ];
    this.facts.replaceChildren(
      ...facts.filter(([, value]) => value && value !== "?").map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
  }

  #showState(items) {
    for (const item of items) {
      const name = item.name.toLowerCase();
      const failure = item.errors?.[0];
      if (name === "state") {
        const state = failure ? "no state" : String(item.value);
        setText(this.state, state);
        this.state.dataset.state = states.includes(state) ? state : "UNKNOWN";
      } else if (name === "status") {
        setText(this.status, failure ? `${failure.reason}: ${failure.desc ?? failure.description}` : String(item.value ?? ""));
      }
    }
  }

  #report({ failures, pause, error }) {
    this.panel.classList.toggle("stale", failures > 0);
    if (failures === 0) {
      this.trouble.replaceChildren();
      this.shownErrors = undefined;
      setText(this.live, pause === 0 ? "Not read since " + timeText(Date.now()) : "Live");
      this.live.dataset.live = pause === 0 ? "paused" : "yes";
      return;
    }
    const errors = error instanceof Refusal ? error.errors : [{ reason: "This page failed", description: String(error), severity: "ERR", origin: "" }];
    if (!(error instanceof Refusal)) console.error(error);
    setText(this.state, this.isKnown && !this.isExported ? "not exported" : "not answering");
    this.state.dataset.state = "none";
    setText(this.status, "");
    setText(this.live, `No answer, next attempt in ${Math.round(pause / 1000)} s`);
    this.live.dataset.live = "no";
    // Unchanged errors are left alone, so that unfolded details stay so.
    const shownErrors = JSON.stringify(errors);
    if (shownErrors !== this.shownErrors) {
      const title = this.isKnown && !this.isExported ? "This device does not run" : "This device does not answer";
      const node = problem(errors, error.status === 404 ? "There is no such device" : error.status === 401 || error.status === 403 ? "Not allowed" : title);
      node.append(element("p", {}, element("button", { type: "button", click: () => this.poller.runNow() }, "Try now")));
      this.trouble.replaceChildren(node);
      this.shownErrors = shownErrors;
    }
    if (!this.parts[this.tab]) this.panel.replaceChildren();
  }
}
