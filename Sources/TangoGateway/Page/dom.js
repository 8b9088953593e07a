// Elements. Text is only ever set as text, since texts of devices are not to be trusted.

/** Returns an element with attributes (`class`, `aria-…`, listeners as functions) and children. */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Sets text only if it differs, so that selections and positions of screen readers survive. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Returns a stack of errors: the first, which is the cause, and all of them to unfold. */
export function problem(errors, title) {
  const [first, ...others] = errors;
  const entry = (error) => [
    element("p", {}, element("strong", { class: "reason" }, error.reason), error.severity === "ERR" ? "" : ` (${error.severity})`),
    element("p", { class: "description" }, error.description),
    error.origin ? element("p", { class: "origin" }, `from ${error.origin}`) : undefined,
  ];
  return element(
    "div", { class: "problem", role: "alert" },
    title ? element("p", { class: "title" }, title) : undefined,
    ...entry(first ?? { reason: "Unknown", description: "An error without a description", severity: "ERR" }),
    others.length === 0
      ? undefined
      : element(
        "details", {}, element("summary", {}, `Whole stack, ${errors.length} errors`),
        element("ol", {}, ...errors.map((error) => element("li", {}, ...entry(error).filter(Boolean))))));
}

/** Shows a dialog before an action that must not happen by accident. Resolves to whether it was confirmed. */
export function confirmed(question, explanation, verb) {
  return new Promise((resolve) => {
    const dialog = element(
      "dialog", { "aria-labelledby": "question", close: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } },
      element("h2", { id: "question" }, question), element("p", {}, explanation),
      element(
        "div", { class: "choices" },
        element("button", { type: "button", autofocus: true, click: () => dialog.close("no") }, "Cancel"),
        element("button", { type: "button", class: "primary", click: () => dialog.close("yes") }, verb)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
