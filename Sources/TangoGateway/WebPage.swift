/// The page at `/`: devices and live values, by this interface alone.
enum WebPage {
    static let html = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Tango devices</title>
        <style>
        :root { color-scheme: light dark; --line: light-dark(#d8dce2, #3a3f47); --soft: light-dark(#f5f6f8, #1d2025); --bad: light-dark(#b3261e, #ff8a80);
          --good: light-dark(#1b7f3b, #7bd88f); --link: light-dark(#0b57d0, #8ab4f8); }
        * { box-sizing: border-box; }
        body { margin: 0; font: 15px/1.45 system-ui, sans-serif; display: grid; grid-template-columns: minmax(14rem, 22rem) 1fr; height: 100vh; }
        nav { border-right: 1px solid var(--line); background: var(--soft); overflow: auto; padding: 1rem; }
        main { overflow: auto; padding: 1rem 1.5rem; }
        h1 { font-size: 1.1rem; margin: 0 0 .75rem; } h2 { font-size: 1.25rem; margin: 0; } h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
        input { width: 100%; padding: .4rem .5rem; margin-bottom: .75rem; font: inherit; border: 1px solid var(--line); border-radius: 6px; }
        details { margin-left: .5rem; } summary { cursor: pointer; }
        button.device { display: block; margin-left: 1.4rem; padding: .1rem .3rem; border: 0; background: none; color: var(--link); font: inherit; cursor: pointer; }
        button.device[aria-current] { font-weight: 600; text-decoration: underline; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
        td.value { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
        .state { display: inline-block; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem; font-weight: 600; }
        .bad { color: var(--bad); } .good { color: var(--good); } .muted { opacity: .65; } pre { white-space: pre-wrap; margin: .5rem 0; }
        @media (max-width: 45rem) { body { grid-template-columns: 1fr; height: auto; } nav { border-right: 0; border-bottom: 1px solid var(--line); max-height: 45vh; } }
        </style>
        </head>
        <body>
        <nav><h1>Tango devices</h1><input id="search" type="search" placeholder="Find a device" aria-label="Find a device"><div id="tree">Loading …</div></nav>
        <main id="main"><p class="muted">Choose a device to see its values.</p></main>
        <script>
        "use strict";
        const api = "/tango/rest/v11";
        const byId = (id) => document.getElementById(id);
        let shown = 0;

        function element(tag, properties = {}, ...children) {
          const node = Object.assign(document.createElement(tag), properties);
          node.append(...children);
          return node;
        }

        async function get(path) {
          const response = await fetch(path, { headers: { Accept: "application/json" } });
          const body = await response.json();
          if (!response.ok) throw new Error(body.errors?.[0]?.description ?? response.statusText);
          return body;
        }

        function devicePath(host, device) {
          const [name, port] = host.split(/:(?=\d+$)/);
          return `${api}/hosts/${encodeURIComponent(name)};port=${port}/devices/${device.split("/").map(encodeURIComponent).join("/")}`;
        }

        function text(value) {
          if (value === null || value === undefined) return "–";
          if (Array.isArray(value)) return `[${value.slice(0, 12).map(text).join(", ")}${value.length > 12 ? `, … ${value.length} elements` : ""}]`;
          if (typeof value === "object" && "width" in value) return `image ${value.width} × ${value.height}`;
          return typeof value === "object" ? JSON.stringify(value) : String(value);
        }

        function treeNode(host, node, depth) {
          if (!node.data) {
            const button = element("button", { className: "device", textContent: node.value, title: node.device_name });
            button.dataset.name = node.isAlias ? `${node.value} ${node.device_name}` : node.device_name;
            button.onclick = () => {
              document.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
              button.setAttribute("aria-current", "true");
              show(host, node.device_name);
            };
            return button;
          }
          if (node.$css === "aliases" && node.data.length === 0) return "";
          const name = node.isAlive === false ? `${node.value} (no answer)` : node.value;
          return element("details", { open: depth === 0 }, element("summary", { textContent: name }), ...node.data.map((child) => treeNode(host, child, depth + 1)));
        }

        async function loadTree() {
          try {
            const trees = await get(`${api}/devices/tree`);
            byId("tree").replaceChildren(...trees.map((tree) => treeNode(tree.value, tree, 0)));
          } catch (error) {
            byId("tree").replaceChildren(element("p", { className: "bad", textContent: error.message }));
          }
        }

        byId("search").oninput = (event) => {
          const wanted = event.target.value.toLowerCase();
          document.querySelectorAll("button.device").forEach((button) => { button.hidden = !button.dataset.name.toLowerCase().includes(wanted); });
          document.querySelectorAll("#tree details").forEach((group) => {
            const isUsed = group.querySelector("button.device:not([hidden])") !== null;
            group.hidden = wanted !== "" && !isUsed;
            if (wanted !== "") group.open = isUsed;
          });
        };

        async function show(host, device) {
          const turn = ++shown;
          const path = devicePath(host, device);
          const state = element("span", { className: "state", textContent: "…" });
          const status = element("pre", { className: "muted" });
          const rows = element("tbody");
          const commands = element("p", { className: "muted" });
          const head = element("tr", {}, ...["Attribute", "Value", "Quality", "Time"].map((title) => element("th", { textContent: title })));
          byId("main").replaceChildren(element("h2", { textContent: device }), element("p", {}, state), status,
            element("h3", { textContent: "Attributes" }), element("table", {}, element("thead", {}, head), rows),
            element("h3", { textContent: "Commands" }), commands);
          let names = [];
          const cells = new Map();
          while (turn === shown) {
            try {
              if (names.length === 0) {
                names = (await get(`${path}/attributes?filter=name`)).map((attribute) => attribute.name);
                commands.textContent = (await get(`${path}/commands?filter=name`)).map((command) => command.name).join(", ");
                if (turn !== shown) return;
                for (const name of names) {
                  const row = ["", "value", "", "muted"].map((className) => element("td", { className }));
                  row[0].textContent = name;
                  cells.set(name, row);
                  rows.append(element("tr", {}, ...row));
                }
              }
              const current = await get(`${path}/state`);
              state.textContent = current.state;
              state.className = "state " + (["FAULT", "ALARM", "UNKNOWN"].includes(current.state) ? "bad" : "good");
              status.textContent = current.status;
              const query = names.map((name) => `attr=${encodeURIComponent(name)}`).join("&");
              for (const item of await get(`${path}/attributes/value?${query}`)) {
                const row = cells.get(item.name);
                if (!row) continue;
                row[1].textContent = item.errors ? item.errors[0].desc : text(item.value);
                row[1].className = item.errors ? "value bad" : "value";
                row[2].textContent = item.quality.replace("ATTR_", "");
                row[3].textContent = new Date(item.timestamp).toLocaleTimeString();
              }
            } catch (error) {
              state.textContent = "no answer";
              state.className = "state bad";
              status.textContent = error.message;
            }
            await new Promise((resume) => setTimeout(resume, 1000));
          }
        }

        loadTree();
        </script>
        </body>
        </html>
        """#
}
