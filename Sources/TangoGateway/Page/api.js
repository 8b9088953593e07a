// The REST API, v1.1, of the server of this page.

import { parseExactly } from "./values.js";

// The page itself is open to all, so a browser does not keep the name and password of an address http://name:password@host/; and it refuses
// requests to an address with both in it.
const base = new URL(document.baseURI);
const authorization = basicAuthorization(base);
base.username = "";
base.password = "";

function basicAuthorization({ username, password }) {
  if (username === "" && password === "") return undefined;
  const bytes = new TextEncoder().encode(`${unescaped(username)}:${unescaped(password)}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const root = new URL("tango/rest/v1.1/", base);
export const version = "v1.1";

/** Longest query of a read of several attributes; the server refuses URIs above 8 KiB. */
const queryLimit = 6000;
/** Time limit of a request in ms, longer than the server's own for a device. */
const requestTimeout = 15_000;

/** An error of the server: the error stack of a DevFailed, or of the server itself. */
export class Refusal extends Error {
  constructor(status, errors) {
    super(errors[0]?.description ?? "");
    this.status = status;
    this.errors = errors;
  }
}

/** Is called with the name of the user that the server has answered, if it knows users. */
export const session = { userChanged: () => {}, user: undefined };

function noteUser(response) {
  const name = response.headers.get("X-Tango-User");
  const user = name === null ? undefined : decodeURIComponent(name);
  if (!response.ok || user === session.user) return;
  session.user = user;
  session.userChanged(user);
}

/** Returns errors in one spelling: lists and whole answers spell the description differently. */
export function errorStack(errors) {
  return errors.map((error) => ({
    reason: error.reason ?? "", description: error.description ?? error.desc ?? "", severity: error.severity ?? "ERR", origin: error.origin ?? "",
  }));
}

/**
 * Sends a request. Resolves to its answer: JSON with all digits, or a Blob of an image.
 * @throws {Refusal} for errors, and when there is no answer.
 */
export async function request(path, { method = "GET", body, accept = "application/json", signal } = {}) {
  const limit = AbortSignal.timeout(requestTimeout);
  const headers = { Accept: accept };
  if (authorization !== undefined) headers.Authorization = authorization;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  let text;
  try {
    response = await fetch(new URL(path, root), { method, body, headers, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    noteUser(response);
    const type = response.headers.get("Content-Type") ?? "";
    if (response.ok && type.startsWith("image/")) return await response.blob();
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    const description = limit.aborted ? `${location.host} gave no answer within ${requestTimeout / 1000} s` : `${location.host} cannot be reached`;
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

/** Loads all devices of the server's default Tango host, as trees. */
export function loadTrees(signal) {
  return request("devices/tree", { signal });
}

export function loadHost(host, signal) {
  return request(hostPath(host), { signal });
}

/** The requests to one device. */
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

  /** Reads several attributes, with set points (`w_value`). Those that fail are items with `errors`. */
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

  /** Reads an image: a Blob if the server makes a picture of it, else the value. */
  readImage(name, signal) {
    return request(this.valuePath(name), { accept: "image/png, application/json;q=0.5", signal });
  }

  /** @param {string} json the value as JSON text. */
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
