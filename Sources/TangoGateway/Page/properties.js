// The properties of a device, read-only.

import { element } from "./dom.js";
import { cut } from "./values.js";

export class PropertyTable {
  constructor(properties) {
    this.rows = properties.map((property) => ({
      words: property.name.toLowerCase(),
      node: element(
        "tr", { role: "row" }, element("th", { scope: "row", role: "rowheader" }, property.name),
        element("td", { role: "cell" }, element("pre", {}, cut(property.values.join("\n"), 5000)))),
    }));
    this.body = element("tbody", { role: "rowgroup" });
    this.note = element("p", { class: "note", role: "status" });
    const head = ["Property", "Values, one a line"].map((title) => element("th", { scope: "col", role: "columnheader" }, title));
    this.node = element(
      "div", { class: "table" },
      element("table", { role: "table", class: "properties" }, element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)), this.body), this.note);
    this.select("");
  }

  select(filter) {
    const words = filter.trim().toLowerCase().split(/\s+/);
    const found = this.rows.filter((row) => words.every((word) => row.words.includes(word)));
    this.body.replaceChildren(...found.map((row) => row.node));
    this.note.textContent = this.rows.length === 0 ? "The database knows no properties of this device" : found.length === 0 ? "No property is called so" : "";
  }
}
