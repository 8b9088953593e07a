// The tree of devices. Only visible rows are in the document, so that ten thousand devices are as fast as ten.

import { element } from "./dom.js";

/** Number of rows above and below the visible part. */
const margin = 10;
/** Milliseconds after which typed letters begin a new word. */
const typingPause = 700;

export class Tree {
  /** @param link returns the address of a device. */
  constructor(container, link) {
    this.container = container;
    this.link = link;
    this.roots = [];
    this.devices = [];
    this.rows = [];
    this.active = 0;
    this.selected = undefined;
    this.query = "";
    this.typed = "";
    this.typedAt = 0;
    this.sheet = element("div", { role: "none", class: "sheet" });
    container.append(this.sheet);
    container.addEventListener("scroll", () => this.#draw(), { passive: true });
    container.addEventListener("keydown", (event) => this.#key(event));
    container.addEventListener("click", (event) => this.#click(event));
    // The focus stays with the tree, since rows are replaced.
    container.addEventListener("mousedown", (event) => {
      if (event.button !== 0 || !event.target.closest(".row")) return;
      event.preventDefault();
      container.focus({ preventScroll: true });
    });
    new ResizeObserver(() => this.#draw()).observe(container);
  }

  /** Shows other trees; open nodes stay open. */
  load(trees) {
    const opened = new Set();
    const note = (node) => {
      if (node.isOpen) opened.add(node.path);
      node.children?.forEach(note);
    };
    this.roots.forEach(note);
    const isFirst = this.roots.length === 0;
    this.devices = [];
    this.roots = trees.map((tree) => this.#node(tree, tree.value, undefined, this.#aliases(tree)));
    const reopen = (node) => {
      node.isOpen = node.children !== undefined && (opened.has(node.path) || (isFirst && node.level === 1));
      node.children?.forEach(reopen);
    };
    this.roots.forEach(reopen);
    if (this.selected) this.#reveal(this.selected);
    this.#flatten();
  }

  get count() {
    return this.query === "" ? this.devices.length : this.rows.length;
  }

  search(query) {
    this.query = query.trim().toLowerCase();
    this.active = 0;
    this.container.scrollTop = 0;
    this.#flatten();
  }

  /** The node of the keyboard's position. */
  get activeNode() {
    return this.rows[this.active];
  }

  /** Marks the device that is shown and opens the nodes above it. */
  select(host, device) {
    this.selected = device === undefined ? undefined : `${host}/${device}`.toLowerCase();
    if (this.selected) this.#reveal(this.selected);
    this.#flatten();
    const index = this.rows.findIndex((row) => row.key === this.selected);
    if (index >= 0) this.#activate(index);
  }

  #aliases(tree) {
    const nodes = tree.data.find((node) => node.$css === "aliases")?.data ?? [];
    return new Map(nodes.map((node) => [node.device_name.toLowerCase(), node.value]));
  }

  #node(source, host, parent, aliases) {
    const level = parent ? parent.level + 1 : 1;
    const node = { label: source.value, level, parent, host, path: `${parent?.path ?? ""}/${source.value}`.toLowerCase(), isOpen: false };
    if (source.device_name !== undefined) {
      node.device = source.device_name;
      node.key = `${host}/${source.device_name}`.toLowerCase();
      node.note = source.isAlias ? source.device_name : aliases.get(source.device_name.toLowerCase());
      node.words = `${source.device_name} ${aliases.get(source.device_name.toLowerCase()) ?? ""}`.toLowerCase();
      node.isAlias = source.isAlias === true;
      if (!node.isAlias) this.devices.push(node);
    } else {
      if (source.isAlive === false) node.note = "no answer";
      const children = source.data.filter((child) => child.$css !== "aliases" || child.data.length > 0);
      node.children = children.map((child) => this.#node(child, host, node, aliases));
    }
    return node;
  }

  #reveal(key) {
    const device = this.devices.find((node) => node.key === key);
    for (let node = device?.parent; node; node = node.parent) node.isOpen = true;
  }

  #flatten() {
    const current = this.rows[this.active]?.path;
    this.rows = [];
    if (this.query !== "") {
      const words = this.query.split(/\s+/);
      this.rows = this.devices.filter((node) => words.every((word) => node.words.includes(word)));
    } else {
      const add = (nodes) => {
        nodes.forEach((node, index) => {
          node.position = index + 1;
          node.siblings = nodes.length;
          this.rows.push(node);
          if (node.isOpen) add(node.children);
        });
      };
      add(this.roots);
    }
    const index = current === undefined ? -1 : this.rows.findIndex((row) => row.path === current);
    this.active = index >= 0 ? index : Math.max(0, Math.min(this.active, this.rows.length - 1));
    this.#draw();
  }

  #draw() {
    const height = parseFloat(getComputedStyle(this.container).getPropertyValue("--row")) || 32;
    this.height = height;
    this.sheet.style.height = `${this.rows.length * height}px`;
    const first = Math.max(0, Math.floor(this.container.scrollTop / height) - margin);
    const last = Math.min(this.rows.length, Math.ceil((this.container.scrollTop + this.container.clientHeight) / height) + margin);
    const wanted = [];
    for (let index = first; index < last; index++) wanted.push(this.#row(this.rows[index], index));
    this.sheet.replaceChildren(...wanted);
    if (this.rows.length > 0 && this.active >= first && this.active < last) {
      this.container.setAttribute("aria-activedescendant", `row-${this.active}`);
    } else {
      this.container.removeAttribute("aria-activedescendant");
    }
  }

  #row(node, index) {
    const isSearch = this.query !== "";
    const isSelected = node.key !== undefined && node.key === this.selected;
    const attributes = {
      id: `row-${index}`, role: "treeitem", class: index === this.active ? "row active" : "row", "data-index": index,
      "aria-level": isSearch ? 1 : node.level, "aria-setsize": isSearch ? this.rows.length : node.siblings,
      "aria-posinset": isSearch ? index + 1 : node.position, "aria-selected": isSelected ? "true" : "false",
    };
    const label = element("span", { class: "label" }, isSearch ? node.device : node.label);
    const note = node.note ? element("span", { class: "note" }, node.note) : undefined;
    const row = node.children
      ? element("div", { ...attributes, "aria-expanded": String(node.isOpen) }, element("span", { class: "mark", "aria-hidden": "true" }), label, note)
      : element("a", { ...attributes, href: this.link(node.host, node.device), tabindex: "-1" }, label, note);
    row.style.transform = `translateY(${index * this.height}px)`;
    row.style.setProperty("--level", isSearch ? 0 : node.level - 1);
    return row;
  }

  #activate(index) {
    this.active = Math.max(0, Math.min(index, this.rows.length - 1));
    const top = this.active * this.height;
    const view = this.container;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + this.height > view.scrollTop + view.clientHeight) view.scrollTop = top + this.height - view.clientHeight;
    this.#draw();
  }

  #toggle(node, isOpen = !node.isOpen) {
    node.isOpen = isOpen;
    this.#flatten();
  }

  #click(event) {
    const row = event.target.closest("[data-index]");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const node = this.rows[Number(row.dataset.index)];
    this.active = Number(row.dataset.index);
    // The row of a device is a link.
    if (node.children) this.#toggle(node);
    else this.#draw();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.rows.length === 0) return;
    const node = this.rows[this.active];
    const page = Math.max(1, Math.floor(this.container.clientHeight / this.height) - 1);
    switch (event.key) {
      case "ArrowDown": this.#activate(this.active + 1); break;
      case "ArrowUp": this.#activate(this.active - 1); break;
      case "PageDown": this.#activate(this.active + page); break;
      case "PageUp": this.#activate(this.active - page); break;
      case "Home": this.#activate(0); break;
      case "End": this.#activate(this.rows.length - 1); break;
      case "ArrowRight":
        if (!node.children || this.query !== "") return;
        if (node.isOpen) this.#activate(this.active + 1);
        else this.#toggle(node, true);
        break;
      case "ArrowLeft":
        if (this.query !== "") return;
        if (node.children && node.isOpen) this.#toggle(node, false);
        else if (node.parent) this.#activate(this.rows.indexOf(node.parent));
        break;
      case "Enter": case " ":
        if (node.children) this.#toggle(node);
        else location.hash = this.link(node.host, node.device);
        break;
      default:
        if (event.key.length !== 1) return;
        this.#type(event.key.toLowerCase());
    }
    event.preventDefault();
  }

  /** Goes to the next row that begins with the typed letters. */
  #type(letter) {
    const now = performance.now();
    this.typed = now - this.typedAt > typingPause ? letter : this.typed + letter;
    this.typedAt = now;
    const start = this.active + (this.typed.length === 1 ? 1 : 0);
    for (let step = 0; step < this.rows.length; step++) {
      const index = (start + step) % this.rows.length;
      const row = this.rows[index];
      const label = this.query === "" ? row.label : row.device;
      if (label.toLowerCase().startsWith(this.typed)) return this.#activate(index);
    }
  }
}
