// The page: the tree of devices, and the device of the address (#/host:port/domain/family/member/tab).

import { Refusal, loadHost, loadTrees, session, version } from "./api.js";
import { DeviceView, tabs } from "./device.js";
import { byId, element, problem } from "./dom.js";
import { Poller } from "./poller.js";
import { Tree } from "./tree.js";

/** Name and version of the program that serves this page. */
const product = document.querySelector("meta[name=generator]").content;

const main = byId("device");
const search = byId("search");
const container = byId("tree");

const link = (host, device, tab) =>
  `#/${[host, ...device.split("/")].map((part) => encodeURIComponent(part).replaceAll("%3A", ":")).join("/")}${tab && tab !== tabs[0] ? `/${tab}` : ""}`;

function address() {
  let parts;
  try {
    parts = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [host, domain, family, member, tab] = parts;
  if (!host || !domain || !family || !member) return undefined;
  return { host, device: `${domain}/${family}/${member}`, tab: tabs.includes(tab) ? tab : tabs[0] };
}

const tree = new Tree(container, link);
let view;
let shown;

function route() {
  const wanted = address();
  document.body.classList.toggle("has-device", wanted !== undefined);
  const key = wanted && `${wanted.host}/${wanted.device}`;
  if (wanted && key === shown) {
    if (view.tab !== wanted.tab) view.showTab(wanted.tab);
    return;
  }
  const isFirst = shown === undefined && view === undefined;
  view?.stop();
  view = undefined;
  shown = key;
  tree.select(wanted?.host, wanted?.device);
  if (!wanted) {
    document.title = "Tango devices";
    main.replaceChildren(element("p", { class: "welcome" }, "Choose a device to see its values, write them and execute its commands."));
    return;
  }
  document.title = `${wanted.device} – Tango devices`;
  view = new DeviceView(main, wanted.host, wanted.device, wanted.tab, (tab) => history.replaceState(null, "", link(wanted.host, wanted.device, tab)));
  main.scrollTop = 0;
  scrollTo(0, 0);
  // On a phone the list is hidden now, and the focus with it.
  if (!isFirst && container.offsetParent === null) view.title.focus();
}

function showCount() {
  const count = tree.count;
  const isSearch = search.value.trim() !== "";
  byId("count").textContent = isSearch ? `${count} of ${tree.devices.length} devices` : `${count} devices`;
}

session.userChanged = (user) => byId("user").replaceChildren(...(user === undefined ? [] : ["Logged in as ", element("strong", {}, user)]));

let about = "";
const loader = new Poller(async (signal) => {
  const trees = await loadTrees(signal);
  const dead = trees.filter((item) => item.isAlive === false).map((item) => item.value);
  if (dead.length === 0 || tree.roots.length === 0) tree.load(trees);
  showCount();
  const wanted = address();
  tree.select(wanted?.host, wanted?.device);
  if (dead.length > 0) {
    throw new Refusal(503, [{ reason: "No answer", description: `The Tango database ${dead.join(", ")} does not answer`, severity: "ERR", origin: "" }]);
  }
  if (about !== trees[0]?.value && trees[0]) {
    const host = await loadHost(trees[0].value, signal);
    about = trees[0].value;
    const started = host.info.find((line) => line.startsWith("Running since"));
    byId("about").replaceChildren(
      element("strong", {}, host.id), ` ${host.name}`, element("span", { class: "wide" }, started ? ` · ${started.toLowerCase()}` : "", ` · REST API ${version}`), ` · ${product}`);
  }
}, 0, ({ failures, error }) => {
  const errors = error instanceof Refusal ? error.errors : [{ reason: "This page failed", description: String(error), severity: "ERR", origin: "" }];
  byId("tree-problem").replaceChildren(...(failures === 0 ? [] : [problem(errors)]));
});

search.addEventListener("input", () => {
  tree.search(search.value);
  showCount();
});
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    container.focus();
  } else if (event.key === "Enter") {
    const node = tree.query === "" ? undefined : tree.activeNode;
    if (node) location.hash = link(node.host, node.device);
  } else if (event.key === "Escape" && search.value !== "") {
    search.value = "";
    tree.search("");
    showCount();
  }
});
byId("reload").addEventListener("click", () => loader.runNow());
// "/" focuses the search field, as in many programs.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  if (container.offsetParent === null) location.hash = "#/";
  search.focus();
});
addEventListener("hashchange", route);
route();
