// Small and large curves, as SVG.

import { svg } from "./dom.js";

/** Whether a value can be drawn. */
const isFinite = (value) => typeof value === "bigint" || Number.isFinite(value);

/** Returns the smallest and largest finite number; undefined without one. */
export function extent(values) {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (!isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? [min, max] : undefined;
}

/** Returns how far a number is above another: exactly for integers that a number cannot hold. */
export function distance(value, from) {
  if (typeof value === "number" && typeof from === "number") return value - from;
  const isWhole = [value, from].every((side) => typeof side === "bigint" || Number.isInteger(side));
  return isWhole ? Number(BigInt(value) - BigInt(from)) : Number(value) - Number(from);
}

/** Returns at most two points per column: the smallest and the largest. */
function thinned(values, columns) {
  if (values.length <= columns * 2) return values.map((value, index) => [index, value]);
  const points = [];
  for (let column = 0; column < columns; column++) {
    const start = Math.floor(column * values.length / columns);
    const end = Math.floor((column + 1) * values.length / columns);
    let [low, high] = [-1, -1];
    for (let index = start; index < end; index++) {
      if (!isFinite(values[index])) continue;
      if (low < 0 || values[index] < values[low]) low = index;
      if (high < 0 || values[index] > values[high]) high = index;
    }
    if (low < 0) points.push([start, NaN]);
    else for (const index of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) points.push([index, values[index]]);
  }
  return points;
}

/** Returns the path through the values; a value that is not finite is a gap. */
export function curve(values, width, height) {
  const range = extent(values);
  if (!range) return "";
  const [min, max] = range;
  const span = distance(max, min);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const margin = 2;
  let path = "";
  let isDrawing = false;
  for (const [index, value] of thinned(values, width)) {
    if (!isFinite(value)) {
      isDrawing = false;
      continue;
    }
    const x = values.length > 1 ? index * step : width / 2;
    const y = span > 0 && Number.isFinite(span) ? height - margin - distance(value, min) / span * (height - 2 * margin) : height / 2;
    path += `${isDrawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    // A single point is drawn as a line of no length with round ends.
    if (!isDrawing) path += "h0";
    isDrawing = true;
  }
  return path;
}

/** A curve whose values can change. */
export class Curve {
  constructor(width, height, name) {
    this.width = width;
    this.height = height;
    this.name = name;
    this.line = svg("path");
    this.node = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "curve", role: "img" }, this.line);
  }

  show(values) {
    this.line.setAttribute("d", curve(values, this.width, this.height));
    const range = extent(values);
    this.node.setAttribute("aria-label", range ? `${this.name}: ${values.length} values from ${range[0]} to ${range[1]}` : `${this.name}: no values`);
  }
}
