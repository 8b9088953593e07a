// Input fields for the types of Tango. The device checks the value; its error is shown unchanged.

import { element } from "./dom.js";
import { exactJSON, formatted, isInteger, isNumeric, isSet, isWide, states } from "./values.js";

/** The input is not of the type at all; nothing was sent. */
export class Mistake extends Error {}

/** A field with its `node` and `json()`, the JSON text of its input. */
class Field {
  /** @param text returns what the field shows of a set point; undefined where it cannot show it. */
  constructor(node, json, text = () => undefined) {
    this.node = node;
    this.json = json;
    this.text = text;
    this.isChanged = false;
    node.addEventListener("input", () => { this.isChanged = true; });
  }

  /** Shows the set point, unless something was typed. */
  follow(setPoint) {
    const text = this.isChanged || setPoint === undefined || setPoint === null ? undefined : this.text(setPoint);
    if (text === undefined || text === this.node.value) return;
    this.node.value = text;
    if (document.activeElement === this.node) this.node.select?.();
  }

  /** That text was written: from now on the set point is shown again, unless more was typed meanwhile. */
  written(text) {
    if (this.node.value === text) this.isChanged = false;
  }
}

/** @param needsChoice whether nothing is chosen at first. */
function choice(options, attributes, needsChoice = false) {
  const none = needsChoice ? [element("option", { value: "", disabled: true, selected: true }, "–")] : [];
  const node = element("select", attributes, ...none, ...options.map((option) => element("option", { value: option }, option)));
  return new Field(node, () => {
    if (node.value === "") throw new Mistake("A choice is missing");
    return JSON.stringify(node.value);
  }, (value) => options.includes(String(value)) ? String(value) : undefined);
}

/** A number is sent as text, so that it keeps all its digits. */
function number(type, attributes, { min, max, format } = {}) {
  // A hexadecimal number is not one for the browser.
  const isText = isWide(type) || (isInteger(type) && /[xX]$/.test(format ?? ""));
  const node = element("input", {
    ...attributes, type: isText ? "text" : "number", inputmode: isInteger(type) ? "numeric" : "decimal", step: isInteger(type) ? "1" : "any",
    min: isSet(min) ? min : undefined, max: isSet(max) ? max : undefined, autocomplete: "off",
  });
  return new Field(node, () => {
    const text = node.value.trim();
    if (node.validity.badInput) throw new Mistake("This is not a number");
    if (text === "") throw new Mistake("A number is missing");
    if (isText && !/^[-+]?(\d+|0[xX][0-9a-fA-F]+)$/.test(text)) throw new Mistake("This is not a whole number");
    return JSON.stringify(text);
  }, (value) => formatted(value, format));
}

/** @param isLong whether it has several lines. */
function line(attributes, isLong = false) {
  const node = element(isLong ? "textarea" : "input", { ...attributes, ...(isLong ? { rows: 4 } : { type: "text" }), autocomplete: "off", spellcheck: "false" });
  return new Field(node, () => JSON.stringify(node.value), (value) => typeof value === "string" ? value : undefined);
}

/** JSON is sent unchanged, with all its digits. */
function json(attributes, example, text) {
  const node = element("textarea", { ...attributes, rows: 2, placeholder: example, autocomplete: "off", spellcheck: "false" });
  return new Field(node, () => {
    try {
      JSON.parse(node.value);
    } catch (error) {
      throw new Mistake(node.value.trim() === "" ? `A value is missing, like ${example}` : `This is not JSON: ${error.message}`);
    }
    return node.value;
  }, text);
}

/** Characters of a spectrum that are shown in its field. */
const spectrumLimit = 4000;

/** Returns the elements with all their digits: those that are not edited are written again. */
function spectrumText(value) {
  const text = Array.isArray(value) ? exactJSON(value) : undefined;
  return text !== undefined && text.length <= spectrumLimit ? text : undefined;
}

/** Returns the field to write an attribute with. It shows the set point in the attribute's format, never the reading; nothing without one. */
export function attributeField(info, setPoint, attributes) {
  const field = emptyField(info, setPoint, attributes);
  field.follow(setPoint);
  return field;
}

function emptyField(info, setPoint, attributes) {
  const type = info.data_type;
  if (info.data_format === "IMAGE") return json(attributes, '{"data": [1, 2, 3, 4], "width": 2, "height": 2}');
  if (info.data_format === "SPECTRUM") return json(attributes, isNumeric(type) ? "[1, 2, 3]" : '["a", "b"]', spectrumText);
  if (type === "DevBoolean") return choice(["true", "false"], attributes, true);
  if (type === "DevEnum" && info.enum_label?.length > 0) return choice(info.enum_label, attributes, true);
  if (type === "State") return choice(states, attributes, true);
  if (type === "DevEncoded") return json(attributes, '{"encoded_format": "", "encoded_data": "AAEC"}');
  if (isNumeric(type) || type === "DevEnum") {
    return number(type === "DevEnum" ? "DevShort" : type, attributes, { min: info.min_value, max: info.max_value, format: info.format });
  }
  return line(attributes, typeof setPoint === "string" && setPoint.includes("\n"));
}

const examples = {
  DevVarLongStringArray: '{"lvalue": [1, 2], "svalue": ["a", "b"]}',
  DevVarDoubleStringArray: '{"dvalue": [1.5, 2.5], "svalue": ["a", "b"]}',
  DevVarStringArray: '["a", "b"]',
  DevVarBooleanArray: "[true, false]",
  DevVarFloatArray: "[1.5, 2.5]",
  DevVarDoubleArray: "[1.5, 2.5]",
  DevEncoded: '{"encoded_format": "", "encoded_data": "AAEC"}',
};

/** Returns the field for the argument of a command; undefined when it takes none. */
export function argumentField(type, attributes) {
  if (type === "DevVoid") return undefined;
  if (type === "DevBoolean") return choice(["true", "false"], attributes);
  if (type === "State") return choice(states, attributes);
  if (type.startsWith("DevVar") || type === "DevEncoded") return json(attributes, examples[type] ?? "[1, 2, 3]");
  if (isNumeric(type) || type === "DevEnum") return number(type === "DevEnum" ? "DevShort" : type, attributes);
  return line(attributes);
}
