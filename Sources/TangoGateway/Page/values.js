// Values as text and numbers.

/** Parses JSON; integers that a number cannot hold become BigInt. */
export function parseExactly(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "") ? BigInt(context.source) : value);
}

/** Returns the JSON text of a value that may hold BigInt. */
export function exactJSON(value) {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(exactJSON).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${exactJSON(member)}`).join(", ")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** Returns a number to draw, an integer with all its digits; NaN for other values. */
export function toDrawn(value) {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  return value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : NaN;
}

const integerTypes = new Set(["DevShort", "DevLong", "DevUShort", "DevULong", "DevUChar"]);
const wideTypes = new Set(["DevLong64", "DevULong64"]);
const floatTypes = new Set(["DevFloat", "DevDouble"]);

export const isWide = (type) => wideTypes.has(type);
export const isInteger = (type) => integerTypes.has(type) || wideTypes.has(type);
export const isNumeric = (type) => isInteger(type) || floatTypes.has(type);

export const states = [
  "ON", "OFF", "CLOSE", "OPEN", "INSERT", "EXTRACT", "MOVING", "STANDBY", "FAULT", "INIT", "RUNNING", "ALARM", "DISABLE", "UNKNOWN",
];

/** Cuts long text and appends its length. */
export function cut(text, limit) {
  return text.length <= limit ? text : `${text.slice(0, limit)} … (${text.length} characters)`;
}

function scalarText(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "object") return "encoded_format" in value ? encodedText(value) : exactJSON(value);
  return String(value);
}

function encodedText(value) {
  const data = value.encoded_data ?? "";
  const bytes = Math.floor(data.length * 3 / 4) - (data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0);
  return `${value.encoded_format || "no format"}, ${bytes} bytes`;
}

/**
 * Returns a value as text, never longer than a few lines.
 * @param count number of elements of an array that are shown.
 * @param isExact whether numbers of an array keep all their digits.
 */
export function text(value, { count = 12, limit = 240, format, isExact = false } = {}) {
  if (Array.isArray(value)) {
    const shown = value.slice(0, count).map((item) => {
      if (typeof item === "string" && !isSpecial(item)) return JSON.stringify(item);
      return formatted(typeof item === "number" && !Number.isInteger(item) && !isExact ? Number(item.toPrecision(5)) : item, format);
    });
    return value.length > count ? cut(`${value.length} values [${shown.join(", ")}, …]`, limit) : cut(`[${shown.join(", ")}]`, limit);
  }
  if (value !== null && typeof value === "object" && "width" in value && "data" in value) return `${value.width} × ${value.height}`;
  return cut(formatted(value, format), limit);
}

/** Returns the ends of a range, short enough for the edge of a chart, with as many digits as tell them apart; integers have all. */
export function scale([low, high]) {
  const brief = (number, digits) => typeof number === "bigint" || Number.isSafeInteger(number) ? String(number) : String(Number(number.toPrecision(digits)));
  let digits = 6;
  while (digits < 17 && low !== high && brief(low, digits) === brief(high, digits)) digits += 1;
  return [brief(low, digits), brief(high, digits)];
}

const isSpecial = (item) => item === "NaN" || item === "Infinity" || item === "-Infinity";

/** Formats a value by the attribute's own format (`%6.3f`), but not by the default one, which only hides digits. */
export function formatted(value, format) {
  if (typeof value === "bigint" && value >= 0 && /^%[-+ 0#]*\d*l*[xX]$/.test(format ?? "")) {
    return `0x${format.endsWith("X") ? value.toString(16).toUpperCase() : value.toString(16)}`;
  }
  const parts = typeof value === "number" && format !== "%6.2f" ? /^%([-+ 0#]*)(\d*)(?:\.(\d+))?l*([dfFeEgGxX])$/.exec(format ?? "") : null;
  if (!parts) return scalarText(value);
  const precision = Math.min(Number(parts[3] ?? 6), 20);
  switch (parts[4]) {
    case "f": case "F": return value.toFixed(precision);
    case "e": return value.toExponential(precision);
    case "E": return value.toExponential(precision).toUpperCase();
    case "g": case "G": return String(Number(value.toPrecision(Math.max(precision, 1))));
    case "x": return Number.isInteger(value) && value >= 0 ? `0x${value.toString(16)}` : scalarText(value);
    case "X": return Number.isInteger(value) && value >= 0 ? `0x${value.toString(16).toUpperCase()}` : scalarText(value);
    default: return scalarText(value);
  }
}

/** Returns the time of day, with the date if it is not today's. */
export function timeText(milliseconds, now = new Date()) {
  const time = new Date(milliseconds);
  const clock = time.toLocaleTimeString([], { hour12: false });
  return time.toDateString() === now.toDateString() ? clock : `${time.toLocaleDateString()} ${clock}`;
}

/** Whether a text of a configuration was set: these are the texts of Tango for defaults. */
export const isSet = (text) => text !== undefined && text !== "" && text !== "Not specified" && text !== "No unit" && text !== "None" && text !== "No description";
