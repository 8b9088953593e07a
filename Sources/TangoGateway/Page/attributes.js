// The attributes of a device: a table of live values, each with details to unfold.

import { Refusal, errorStack } from "./api.js";
import { element, problem, setText } from "./dom.js";
import { Mistake, attributeField } from "./inputs.js";
import { matching } from "./list.js";
import { Picture } from "./picture.js";
import { Curve, extent } from "./sparkline.js";
import { cut, exactJSON, isNumeric, isSet, scale, text, timeText, toDrawn } from "./values.js";

/** Values kept for the curve of a scalar. */
const historyLength = 300;
/** Largest number of rows; the filter finds the others. */
const rowLimit = 400;
/** Length from which a spectrum is read only while it is unfolded. */
const spectrumLimit = 20_000;
/** Characters of a value in the unfolded part. */
const textLimit = 10_000;

const qualities = { ATTR_VALID: "valid", ATTR_ALARM: "alarm", ATTR_WARNING: "warning", ATTR_CHANGING: "changing", ATTR_INVALID: "invalid", FAILURE: "failed" };

/** One attribute. */
class Row {
  constructor(device, info, changed) {
    this.device = device;
    this.info = info;
    this.changed = changed;
    this.history = [];
    this.stamps = [];
    this.isCurve = info.data_format === "SCALAR" && (isNumeric(info.data_type) || info.data_type === "DevBoolean");
    this.isSpectrum = info.data_format === "SPECTRUM" && (isNumeric(info.data_type) || info.data_type === "DevBoolean");
    this.isImage = info.data_format === "IMAGE";
    this.isPicture = this.isImage && (isNumeric(info.data_type) || info.data_type === "DevBoolean");
    this.isHeavy = this.isImage || (info.data_format === "SPECTRUM" && info.max_dim_x > spectrumLimit);
    this.words = `${info.name} ${info.label}`.toLowerCase();
    this.isExpert = info.level === "EXPERT";
    this.isWritable = info.writable !== "READ";
    this.id = `attribute-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    this.#build();
  }

  #build() {
    const { info } = this;
    this.toggle = element(
      "button", { type: "button", class: "name", "aria-expanded": "false", "aria-controls": this.id, click: () => this.open(!this.isOpen) },
      element("span", { class: "mark", "aria-hidden": "true" }), info.name);
    this.value = element("span", { class: info.data_format === "SCALAR" && info.data_type !== "DevString" ? "value" : "value long" }, this.isHeavy ? this.#kind() : "…");
    this.setPoint = element("span", { class: "set-point", hidden: true });
    this.quality = element("span", { class: "quality" });
    this.time = element("time", {});
    const plot = element("td", { role: "cell", class: "plot" });
    if (this.isCurve || (this.isSpectrum && !this.isHeavy)) {
      this.spark = new Curve(140, 30, info.name);
      plot.append(this.spark.node);
    }
    const set = this.isWritable
      ? element("button", { type: "button", class: "set", "aria-label": `Write ${info.name}`, click: () => this.open(true, true) }, "Write")
      : undefined;
    this.row = element(
      "tr", { role: "row" },
      element(
        "th", { scope: "row", role: "rowheader" }, this.toggle,
        isSet(info.label) && info.label !== info.name ? element("span", { class: "label" }, info.label) : undefined,
        this.isExpert ? element("span", { class: "tag" }, "expert") : undefined),
      element("td", { role: "cell", class: "reading" }, this.value, isSet(info.unit) ? element("span", { class: "unit" }, ` ${info.unit}`) : undefined, this.setPoint),
      plot,
      element("td", { role: "cell" }, this.quality),
      element("td", { role: "cell", class: "when" }, this.time),
      element("td", { role: "cell", class: "action" }, set));
    this.cell = element("td", { role: "cell", colspan: 6 });
    this.more = element("tr", { role: "row", class: "more", id: this.id, hidden: true }, this.cell);
  }

  #kind() {
    const { info } = this;
    return this.isImage ? `image, at most ${info.max_dim_x} × ${info.max_dim_y}` : `up to ${info.max_dim_x} values; unfold to read`;
  }

  open(isOpen, toWrite = false) {
    if (isOpen && !this.isOpen) this.#unfold();
    this.isOpen = isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    this.more.hidden = !isOpen;
    if (!isOpen) {
      this.cell.replaceChildren();
      [this.large, this.picture, this.full, this.stack, this.field] = [];
    }
    if (isOpen && toWrite) {
      this.field?.node.focus();
      this.field?.node.select?.();
    }
    this.changed();
  }

  #unfold() {
    const { info } = this;
    const facts = element("dl", { class: "facts" });
    const fact = (name, value) => isSet(value) && facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
    const shape = { SCALAR: "", SPECTRUM: `, up to ${info.max_dim_x} values`, IMAGE: `, up to ${info.max_dim_x} × ${info.max_dim_y}` }[info.data_format] ?? "";
    fact("Type", `${info.data_type} ${info.data_format.toLowerCase()}${shape}`);
    fact("Access", info.writable.toLowerCase().replaceAll("_", " "));
    fact("Minimum", info.min_value);
    fact("Maximum", info.max_value);
    fact("Alarm below", info.alarms?.min_alarm);
    fact("Alarm above", info.alarms?.max_alarm);
    fact("Warning below", info.alarms?.min_warning);
    fact("Warning above", info.alarms?.max_warning);
    fact("Format", info.format);
    fact("Memorized", info.isMemorized ? (info.isSetAtInit ? "yes, written at start" : "yes") : undefined);
    fact("Labels", info.enum_label?.length > 0 ? info.enum_label.map((label, index) => `${index} ${label}`).join(", ") : undefined);
    this.stack = element("div", {});
    this.figure = element("div", { class: "figure" });
    if (this.isCurve || this.isSpectrum) {
      this.large = new Curve(600, 160, info.name);
      this.top = element("span", {});
      this.bottom = element("span", {});
      this.span = element("span", {});
      this.figure.append(element("figure", { class: "chart" }, element("div", { class: "scale" }, this.top, this.bottom), this.large.node, element("figcaption", {}, this.span)));
    }
    if (this.isPicture) {
      this.picture = new Picture(info.name);
      this.figure.append(this.picture.node);
    }
    this.full = element("pre", { class: "full", tabindex: "0", "aria-label": `Whole value of ${info.name}`, hidden: true });
    this.cell.replaceChildren(
      ...(isSet(info.description) ? [element("p", { class: "description" }, info.description)] : []),
      this.stack, this.figure, this.full, ...(this.isWritable ? [this.#form()] : []), facts);
    this.shown = undefined;
    this.#detail();
  }

  #form() {
    const { info } = this;
    const id = `${this.id}-field`;
    const result = element("div", { class: "result", role: "status" });
    const field = attributeField(info, this.target, { id });
    this.field = field;
    const range = [isSet(info.min_value) ? `from ${info.min_value}` : "", isSet(info.max_value) ? `to ${info.max_value}` : ""].filter(Boolean).join(" ");
    const button = element("button", { type: "submit", class: "primary" }, "Write");
    const send = async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      field.node.removeAttribute("aria-invalid");
      try {
        const json = field.json();
        if (!field.isChanged) throw new Mistake("Nothing was changed, so nothing was written");
        const text = field.node.value;
        const item = await this.device.write(info.name, json);
        field.written(text);
        result.replaceChildren(element("p", { class: "good" }, `Written at ${timeText(Date.now())}`));
        if (!this.isImage) this.show(item);
      } catch (error) {
        if (!(error instanceof Mistake) || field.isChanged) field.node.setAttribute("aria-invalid", "true");
        result.replaceChildren(error instanceof Refusal ? problem(error.errors, "Not written") : element("p", { class: "bad" }, error.message));
        if (!(error instanceof Refusal || error instanceof Mistake)) throw error;
      } finally {
        button.removeAttribute("aria-disabled");
        this.changed();
      }
    };
    return element(
      "form", { class: "entry", novalidate: true, submit: send },
      element("label", { for: id }, `New value${isSet(info.unit) ? ` in ${info.unit}` : ""}${range ? ` (${range})` : ""}`),
      element("div", { class: "line" }, field.node, button), result);
  }

  /** Shows the result of a read: a value or a failure. */
  show(item) {
    this.last = item;
    const quality = item.quality ?? "FAILURE";
    const isFailed = item.errors !== undefined;
    this.row.classList.toggle("failed", isFailed);
    if (isFailed) {
      const [first] = errorStack(item.errors);
      setText(this.value, cut(first ? `${first.reason}: ${first.description}` : "failed", 240));
      delete this.value.dataset.state;
      this.value.removeAttribute("title");
    } else {
      const format = this.info.format;
      setText(this.value, text(item.value, { format }));
      const exact = text(item.value, { isExact: true });
      if (exact !== this.value.textContent) this.value.title = exact;
      else this.value.removeAttribute("title");
      if (this.info.data_type === "State" && this.info.data_format === "SCALAR") this.value.dataset.state = item.value;
    }
    if (!isFailed) this.#follow(item);
    // The value of a write-only attribute is its set point.
    this.setPoint.hidden = isFailed || item.w_value === undefined || this.info.writable === "WRITE";
    if (!this.setPoint.hidden) setText(this.setPoint, `set to ${text(item.w_value, { format: this.info.format })}`);
    setText(this.quality, qualities[quality] ?? quality);
    this.quality.dataset.quality = qualities[quality] ?? "failed";
    setText(this.time, timeText(item.timestamp));
    if (this.isCurve) {
      this.history.push(isFailed ? NaN : toDrawn(item.value));
      if (this.history.length > historyLength) this.history.shift();
      this.stamps.push(item.timestamp);
      if (this.stamps.length > historyLength) this.stamps.shift();
      this.spark.show(this.history);
    } else if (this.isSpectrum) {
      this.numbers = Array.isArray(item.value) ? item.value.map(toDrawn) : [];
      this.spark?.show(this.numbers);
    }
    if (this.isOpen) this.#detail();
  }

  /** Takes over the set point, which the answer of a write does not have. */
  #follow(item) {
    const target = this.info.writable === "WRITE" ? item.value : item.w_value;
    if (target === undefined || target === null) return;
    this.target = target;
    this.field?.follow(target);
  }

  #detail() {
    const item = this.last;
    if (!item) return;
    if (this.large) {
      const numbers = this.isCurve ? this.history : this.numbers ?? [];
      this.large.show(numbers);
      const range = extent(numbers);
      const [bottom, top] = range ? scale(range) : ["", ""];
      setText(this.top, top);
      setText(this.bottom, range && range[0] !== range[1] ? bottom : "");
      setText(this.span, this.isCurve ? `${numbers.length} readings since ${timeText(this.stamps[0])}` : `${numbers.length} values`);
    }
    // An unchanged failure is left alone, so that unfolded details stay so.
    const errors = item.errors ? JSON.stringify(item.errors) : "";
    if (errors !== this.shown) {
      this.stack.replaceChildren(...(item.errors ? [problem(errorStack(item.errors))] : []));
      this.shown = errors;
    }
    const whole = item.errors ? "" : this.#whole(item.value);
    this.full.hidden = whole === "" || whole === this.value.textContent;
    setText(this.full, whole);
  }

  /** Returns the full value, up to a limit. */
  #whole(value) {
    if (typeof value === "string") return cut(value, textLimit);
    if (value === null || typeof value !== "object") return "";
    return Array.isArray(value) && value.length > 2000 ? `${cut(exactJSON(value.slice(0, 2000)), textLimit)} … ${value.length} values` : cut(exactJSON(value), textLimit);
  }

  /** Reads and shows a value that is too large for the common request. */
  async readHeavy(signal) {
    try {
      if (this.isPicture) {
        await this.picture?.show(await this.device.readImage(this.info.name, signal));
        this.stack?.replaceChildren();
      } else {
        const [item] = await this.device.read([this.info.name], signal);
        this.show(item);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.stack?.replaceChildren(problem(error.errors));
    }
  }
}

/** The table. */
export class AttributeTable {
  /** @param changed called when values should be read at once. */
  constructor(device, infos, changed) {
    this.rows = new Map(infos.map((info) => [info.name.toLowerCase(), new Row(device, info, changed)]));
    this.filter = "";
    this.isExpert = false;
    this.body = element("tbody", { role: "rowgroup" });
    this.note = element("p", { class: "note", role: "status" });
    const titles = ["Attribute", "Value", "Last values", "Quality", "Time", ""];
    const head = titles.map((title) => element("th", { scope: "col", role: "columnheader" }, title || element("span", { class: "unseen" }, "Write")));
    this.node = element(
      "div", { class: "table" },
      element("table", { role: "table", class: "attributes" }, element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)), this.body), this.note);
    this.select("", false);
  }

  get hasExpert() {
    return [...this.rows.values()].some((row) => row.isExpert);
  }

  /** Shows the rows that match the filter; those of the expert level only if requested. */
  select(filter, isExpert) {
    const found = [...this.rows.values()].filter(matching(filter, isExpert));
    this.shown = found.slice(0, rowLimit);
    this.body.replaceChildren(...this.shown.flatMap((row) => [row.row, row.more]));
    this.note.textContent = found.length > rowLimit
      ? `${rowLimit} of ${found.length} attributes; filter to see others`
      : found.length === 0 ? "No attribute matches the filter" : "";
  }

  /** The attributes to read together. */
  get names() {
    return this.shown.filter((row) => !row.isHeavy).map((row) => row.info.name);
  }

  /** The attributes to read one by one. */
  get heavy() {
    return this.shown.filter((row) => row.isHeavy && row.isOpen);
  }

  show(items) {
    for (const item of items) this.rows.get(item.name.toLowerCase())?.show(item);
  }
}
