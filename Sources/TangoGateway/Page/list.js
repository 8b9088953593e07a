// A list of members of a device (commands, pipes) with a filter.

import { element } from "./dom.js";

/** Returns the test whether a member is found by a filter and the level. Members have `words` (lower case) and `isExpert`. */
export function matching(filter, isExpert) {
  const words = filter.trim().toLowerCase().split(/\s+/);
  return (member) => (isExpert || !member.isExpert) && words.every((word) => member.words.includes(word));
}

export class MemberList {
  /**
   * @param noun what the members are: `command`, `pipe`.
   * @param entries the members, each with `node`, `words` and `isExpert`.
   */
  constructor(noun, entries) {
    this.noun = noun;
    this.entries = entries;
    this.list = element("ul", { class: noun === "command" ? "commands" : `commands ${noun}s` });
    this.note = element("p", { class: "note", role: "status" });
    this.node = element("div", {}, this.list, this.note);
    this.select("", false);
  }

  get hasExpert() {
    return this.entries.some((entry) => entry.isExpert);
  }

  /** Shows the members that match the filter; those of the expert level only if requested. */
  select(filter, isExpert) {
    this.shown = this.entries.filter(matching(filter, isExpert));
    this.list.replaceChildren(...this.shown.map((entry) => entry.node));
    const none = this.entries.length === 0 ? `This device has no ${this.noun}s` : `No ${this.noun} matches the filter`;
    this.note.textContent = this.shown.length === 0 ? none : "";
  }
}
