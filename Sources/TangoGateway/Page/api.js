// The REST interface, v1.1, of the server this page came from.

import { parseExactly } from "./values.js";

const root = new URL("tango/rest/v1.1/", document.baseURI);
export const version = "v1.1";

/** Longest query of a bulk read; the server refuses URIs above 8 KiB. */
const queryLimit = 6000;
/** More than the server itself waits for a device. */
const patience = 15_000;

/** An answer that is an error: the stack of a DevFailed, or of the server, as it came. */
export class Refusal extends Error {
  constructor(status, errors) {
    super(errors[0]?.description ?? "");
    this.status = status;
    this.errors = errors;
  }
}

/** Lists and whole answers spell the text of an error differently. */
export function errorStack(errors) {
  return errors.map((error) => ({
    reason: error.reason ?? "", description: error.description ?? error.desc ?? "", severity: error.severity ?? "ERR", origin: error.origin ?? "",
  }));
}

/**
 * Sends a request and gives its answer: JSON with all digits, or the Blob of another type.
 * @throws {Refusal} for every answer that is none.
 */
export async function request(path, { method = "GET", body, accept = "application/json", signal } = {}) {
  const limit = AbortSignal.timeout(patience);
  const headers = { Accept: accept };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  let text;
  try {
    response = await fetch(new URL(path, root), { method, body, headers, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    const type = response.headers.get("Content-Type") ?? "";
    if (response.ok && type.startsWith("image/")) return await response.blob();
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const description = limit.aborted ? `${location.host} gave no answer within ${patience / 1000} s` : `${location.host} cannot be reached`;
    throw new Refusal(0, [{ reason: "No answer", description, severity: "ERR", origin: `${method} ${path}` }]);
  }
  let value;
  try {
    value = text === "" ? undefined : parseExactly(text);
  } catch {
    throw new Refusal(response.status, [
      { reason: `HTTP ${response.status}`, description: text.slice(0, 500) || response.statusText, severity: "ERR", origin: `${method} ${path}` },
    ]);
  }
  if (response.ok) return value;
  throw new Refusal(response.status, errorStack(value?.errors ?? [{ reason: `HTTP ${response.status}`, description: response.statusText }]));
}

function hostPath(host) {
  const [, name, port] = /^(.*?)(?::(\d+))?$/.exec(host);
  return `hosts/${encodeURIComponent(name)};port=${port ?? 10000}`;
}

/** All devices of the server's own Tango host, as trees. */
export function loadTrees(signal) {
  return request("devices/tree", { signal });
}

export function loadHost(host, signal) {
  return request(hostPath(host), { signal });
}

/** What can be asked of one device. */
export class Device {
  constructor(host, name) {
    this.host = host;
    this.name = name;
    this.path = `${hostPath(host)}/devices/${name.split("/").map(encodeURIComponent).join("/")}`;
  }

  info(signal) {
    return request(this.path, { signal });
  }

  attributes(signal) {
    return request(`${this.path}/attributes/info`, { signal });
  }

  commands(signal) {
    return request(`${this.path}/commands?filter=name&filter=info`, { signal });
  }

  pipes(signal) {
    return request(`${this.path}/pipes?filter=name&filter=info`, { signal });
  }

  readPipe(name, signal) {
    return request(`${this.path}/pipes/${encodeURIComponent(name)}/value`, { signal });
  }

  properties(signal) {
    return request(`${this.path}/properties`, { signal });
  }

  /** Reads attributes together, with set points (`w_value`); failing ones are items with `errors`. */
  async read(names, signal) {
    const items = [];
    let rest = names.map((name) => `attr=${encodeURIComponent(name)}`);
    while (rest.length > 0) {
      let [count, length] = [0, 0];
      while (count < rest.length && (count === 0 || length + rest[count].length < queryLimit)) length += rest[count++].length + 1;
      items.push(...await request(`${this.path}/attributes/value?fields=%2Bw_value&${rest.slice(0, count).join("&")}`, { signal }));
      rest = rest.slice(count);
    }
    return items;
  }

  /** An image: a Blob where the server makes pictures of it, else the value. */
  readImage(name, signal) {
    return request(this.valuePath(name), { accept: "image/png, application/json;q=0.5", signal });
  }

  /** @param {string} json the value as JSON text, sent as it is. */
  write(name, json) {
    return request(this.valuePath(name), { method: "PUT", body: `{"value":${json}}` });
  }

  /** @param {string | undefined} json the argument as JSON text. */
  execute(name, json) {
    const body = json === undefined ? undefined : `{"input":${json}}`;
    return request(`${this.path}/commands/${encodeURIComponent(name)}`, { method: "PUT", body });
  }

  valuePath(name) {
    return `${this.path}/attributes/${encodeURIComponent(name)}/value`;
  }
}
