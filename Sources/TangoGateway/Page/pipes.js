// The pipes of a device: each with its elements, read periodically.

import { Refusal, errorStack } from "./api.js";
import { element, problem, setText } from "./dom.js";
import { MemberList } from "./list.js";
import { cut, exactJSON, isSet, text, timeText } from "./values.js";

/** Characters shown of an element. */
const valueLimit = 2000;
/** Depth from which blobs within blobs are shown as JSON. */
const depthLimit = 4;

/** Whether the value of an element is a blob: its values are elements again. */
const isBlob = (value) => value.length > 0 && value.every((item) => item !== null && typeof item === "object" && "name" in item && Array.isArray(item.value));

/** Returns the rows of a blob; the rows of a blob within it follow its own. */
function rows(elements, depth = 0) {
  return elements.flatMap(({ name, value }) => {
    const isNested = depth < depthLimit && isBlob(value);
    const shown = isNested ? "" : cut(value.length === 1 ? text(value[0], { limit: valueLimit, isExact: true }) : text(value, { limit: valueLimit }), valueLimit);
    const row = element(
      "tr", { role: "row" },
      element("th", { scope: "row", role: "rowheader", class: `level-${depth}` }, name), element("td", { role: "cell" }, element("pre", {}, shown)));
    return isNested ? [row, ...rows(value, depth + 1)] : [row];
  });
}

class Entry {
  constructor(pipe) {
    const { info } = pipe;
    this.name = pipe.name;
    this.isExpert = info.level === "EXPERT";
    this.words = `${pipe.name} ${info.label ?? ""}`.toLowerCase();
    this.time = element("p", { class: "note" });
    this.body = element("tbody", { role: "rowgroup" });
    this.table = element("table", { role: "table", class: "properties" }, this.body);
    this.trouble = element("div", {});
    this.node = element(
      "li", {},
      element("h3", {}, this.name, this.isExpert ? element("span", { class: "tag" }, "expert") : undefined),
      isSet(info.label) && info.label !== this.name ? element("p", { class: "note" }, info.label) : undefined,
      isSet(info.description) ? element("p", { class: "description" }, info.description) : undefined,
      this.trouble, this.table, this.time);
  }

  async read(device, signal) {
    try {
      const value = await device.readPipe(this.name, signal);
      this.#show(value.errors ? [] : value.data, value.errors ? errorStack(value.errors) : undefined, value.timestamp);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#show([], error.errors, Date.now());
    }
  }

  /** An unchanged value is left alone, so that a selection in it survives. */
  #show(data, errors, timestamp) {
    setText(this.time, timeText(timestamp));
    const shown = exactJSON([data, errors]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.body.replaceChildren(...rows(data));
    this.trouble.replaceChildren(...(errors ? [problem(errors)] : []));
  }
}

export class PipeList extends MemberList {
  constructor(device, pipes) {
    super("pipe", pipes.map((pipe) => new Entry(pipe)));
    this.device = device;
  }

  /** Reads the pipes that are shown. */
  async read(signal) {
    for (const entry of this.shown) await entry.read(this.device, signal);
  }
}
