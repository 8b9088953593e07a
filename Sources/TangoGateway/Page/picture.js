// Images as gray-scale pictures.

import { element } from "./dom.js";
import { distance, extent } from "./sparkline.js";
import { scale, toDrawn } from "./values.js";

/** Largest number of pixels that are drawn from numbers. */
const pixelLimit = 16_000_000;

export class Picture {
  constructor(name) {
    this.canvas = element("canvas", { class: "picture", width: 1, height: 1, role: "img", "aria-label": name });
    this.caption = element("figcaption", {});
    this.node = element("figure", {}, this.canvas, this.caption);
    this.name = name;
  }

  /** Shows a Blob of a picture, or a value with its numbers. */
  async show(source) {
    if (source instanceof Blob) {
      const bitmap = await createImageBitmap(source);
      this.#size(bitmap.width, bitmap.height);
      this.canvas.getContext("2d").drawImage(bitmap, 0, 0);
      this.#say(`${bitmap.width} × ${bitmap.height}`);
      bitmap.close();
      return;
    }
    const image = source?.value;
    if (!image || !(image.width > 0 && image.height > 0)) return this.#say("no picture");
    const { width, height, data } = image;
    if (width * height > pixelLimit) return this.#say(`${width} × ${height}: too large to be drawn here`);
    const numbers = data.map(toDrawn);
    const range = extent(numbers);
    const [min, span] = range ? [range[0], distance(range[1], range[0])] : [0, 0];
    this.#size(width, height);
    const context = this.canvas.getContext("2d");
    const pixels = context.createImageData(width, height);
    for (let index = 0; index < numbers.length; index++) {
      const number = numbers[index];
      const gray = span > 0 ? Math.round(distance(number, min) / span * 255) : 0;
      const isNumber = typeof number === "bigint" || !Number.isNaN(number);
      pixels.data.set(isNumber ? [gray, gray, gray, 255] : [0, 0, 0, 0], index * 4);
    }
    context.putImageData(pixels, 0, 0);
    const [black, white] = range ? scale(range) : [];
    this.#say(range ? `${width} × ${height}, black ${black}, white ${white}` : `${width} × ${height}, no numbers`);
  }

  #size(width, height) {
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
  }

  #say(words) {
    this.caption.textContent = words;
    this.canvas.setAttribute("aria-label", `${this.name}: ${words}`);
  }
}
