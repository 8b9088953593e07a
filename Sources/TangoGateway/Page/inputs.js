// Input fields for the types of Tango. The device checks the value; its error is shown unchanged.

import { element } from "./dom.js";
import { exactJSON, isInteger, isNumeric, isSet, isWide, states } from "./values.js";

/** The input is not of the type at all; nothing was sent. */
export class Mistake extends Error {}

/** A field with its `node` and `json()`, the JSON text of its input. */
class Field {
  constructor(node, json) {
    this.node = node;
    this.json = json;
  }
}

function choice(options, current, attributes) {
  const node = element("select", attributes, ...options.map((option) => element("option", { value: option, selected: option === current }, option)));
  return new Field(node, () => JSON.stringify(node.value));
}

/** A number is sent as text, so that it keeps all its digits. */
function number(type, current, attributes, { min, max } = {}) {
  const isText = isWide(type);
  const node = element("input", {
    ...attributes, type: isText ? "text" : "number", inputmode: isInteger(type) ? "numeric" : "decimal", step: isInteger(type) ? "1" : "any",
    min: isSet(min) ? min : undefined, max: isSet(max) ? max : undefined, autocomplete: "off",
  });
  if (current !== undefined && current !== null) node.value = String(current);
  return new Field(node, () => {
    const text = node.value.trim();
    if (node.validity.badInput) throw new Mistake("This is not a number");
    if (text === "") throw new Mistake("A number is missing");
    if (isText && !/^[-+]?(\d+|0[xX][0-9a-fA-F]+)$/.test(text)) throw new Mistake("This is not a whole number");
    return JSON.stringify(text);
  });
}

function line(current, attributes) {
  const isLong = typeof current === "string" && current.includes("\n");
  const node = element(isLong ? "textarea" : "input", { ...attributes, ...(isLong ? { rows: 4 } : { type: "text" }), autocomplete: "off", spellcheck: "false" });
  if (typeof current === "string") node.value = current;
  return new Field(node, () => JSON.stringify(node.value));
}

/** JSON is sent unchanged, with all its digits. */
function json(current, attributes, example) {
  const node = element("textarea", { ...attributes, rows: 2, placeholder: example, autocomplete: "off", spellcheck: "false" });
  if (current !== undefined) node.value = current;
  return new Field(node, () => {
    try {
      JSON.parse(node.value);
    } catch (error) {
      throw new Mistake(node.value.trim() === "" ? `A value is missing, like ${example}` : `This is not JSON: ${error.message}`);
    }
    return node.value;
  });
}

/** Returns the field to write an attribute with. */
export function attributeField(info, current, attributes) {
  const type = info.data_type;
  if (info.data_format === "IMAGE") return json(undefined, attributes, '{"data": [1, 2, 3, 4], "width": 2, "height": 2}');
  if (info.data_format === "SPECTRUM") {
    const now = Array.isArray(current) ? exactJSON(current) : undefined;
    return json(now !== undefined && now.length <= 4000 ? now : undefined, attributes, isNumeric(type) ? "[1, 2, 3]" : '["a", "b"]');
  }
  if (type === "DevBoolean") return choice(["true", "false"], String(current), attributes);
  if (type === "DevEnum" && info.enum_label?.length > 0) return choice(info.enum_label, current, attributes);
  if (type === "State") return choice(states, current, attributes);
  if (type === "DevEncoded") return json(undefined, attributes, '{"encoded_format": "", "encoded_data": "AAEC"}');
  if (isNumeric(type) || type === "DevEnum") {
    return number(type === "DevEnum" ? "DevShort" : type, current, attributes, { min: info.min_value, max: info.max_value });
  }
  return line(current, attributes);
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
  if (type === "DevBoolean") return choice(["true", "false"], "true", attributes);
  if (type === "State") return choice(states, undefined, attributes);
  if (type.startsWith("DevVar") || type === "DevEncoded") return json(undefined, attributes, examples[type] ?? "[1, 2, 3]");
  if (isNumeric(type) || type === "DevEnum") return number(type === "DevEnum" ? "DevShort" : type, undefined, attributes);
  return line(undefined, attributes);
}
