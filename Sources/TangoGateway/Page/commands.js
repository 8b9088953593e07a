// The commands of a device: argument, execution, result.

import { Refusal } from "./api.js";
import { confirmed, element, problem } from "./dom.js";
import { Mistake, argumentField } from "./inputs.js";
import { MemberList } from "./list.js";
import { cut, exactJSON, states, timeText } from "./values.js";

/** Characters shown of a result. */
const resultLimit = 20_000;

/** Whether a description was given: these are the texts of Tango for none. */
const isSaid = (text) => text !== undefined && text !== "" && text !== "Uninitialised" && text !== "none";

function output(type, value) {
  if (type === "DevVoid" || value === undefined) return element("p", { class: "good" }, "Done");
  if (type === "State" && states.includes(value)) return element("p", {}, element("span", { class: "value", "data-state": value }, value));
  return element("pre", { class: "full", tabindex: "0" }, cut(typeof value === "string" ? value : exactJSON(value), resultLimit));
}

/** Why a command must not be executed by accident; undefined for one that may be. */
function warning(device, name, isExpert) {
  if (device.name.toLowerCase().startsWith("dserver/")) return `${name} is a command of the admin device ${device.name}: it can stop or change all devices of the server.`;
  return isExpert ? `${name} is a command of expert level of ${device.name}.` : undefined;
}

class Entry {
  constructor(device, command, changed) {
    const { info } = command;
    this.name = command.name;
    this.isExpert = info.level === "EXPERT";
    this.words = command.name.toLowerCase();
    const id = `command-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    const result = element("div", { class: "result", role: "status" });
    const field = argumentField(info.in_type, { id });
    const button = element("button", { type: "submit", class: "primary", "aria-label": `Execute ${this.name}` }, "Execute");
    const execute = async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      try {
        field?.node.removeAttribute("aria-invalid");
        const argument = field?.json();
        const reason = warning(device, this.name, this.isExpert);
        if (reason !== undefined && !await confirmed(`Execute ${this.name}?`, reason, "Execute")) return;
        button.setAttribute("aria-disabled", "true");
        const start = performance.now();
        const answer = await device.execute(this.name, argument);
        const note = `${timeText(Date.now())}, ${Math.round(performance.now() - start)} ms`;
        result.replaceChildren(element("p", { class: "note" }, note), output(info.out_type, answer?.output));
      } catch (error) {
        if (error instanceof Mistake) field?.node.setAttribute("aria-invalid", "true");
        result.replaceChildren(error instanceof Refusal ? problem(error.errors, "Failed") : element("p", { class: "bad" }, error.message));
        if (!(error instanceof Refusal || error instanceof Mistake)) throw error;
      } finally {
        button.removeAttribute("aria-disabled");
        changed();
      }
    };
    const argument = isSaid(info.in_type_desc) ? `${info.in_type}: ${info.in_type_desc}` : info.in_type;
    const answer = isSaid(info.out_type_desc) ? `${info.out_type}: ${info.out_type_desc}` : info.out_type;
    this.node = element(
      "li", {},
      element(
        "form", { class: "entry", novalidate: true, submit: execute },
        element("h3", {}, this.name, this.isExpert ? element("span", { class: "tag" }, "expert") : undefined),
        field ? element("label", { for: id }, cut(argument, 300)) : undefined,
        element("div", { class: "line" }, field?.node, button),
        info.out_type === "DevVoid" ? undefined : element("p", { class: "note" }, `gives ${cut(answer, 300)}`), result));
  }
}

export class CommandList extends MemberList {
  /** @param changed called after an execution. */
  constructor(device, commands, changed) {
    super("command", commands.map((command) => new Entry(device, command, changed)));
  }
}
