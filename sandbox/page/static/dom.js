// The few tools with which the page is drawn. Texts become text nodes only: nothing foreign is read as HTML.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

const present = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

export const byId = (id) => document.getElementById(id);

// Render a list so that what has not changed stays as it is: focus, open threads and half-typed words survive.
export function keyed(parent, items, { key, version, draw }) {
  const old = parent.drawn ?? new Map();
  const now = new Map();
  for (const item of items) {
    const known = old.get(key(item));
    const wanted = version(item);
    const kept = known && known.version === wanted ? known : { version: wanted, node: draw(item, known?.node) };
    if (known && known !== kept) known.node.replaceWith(kept.node);
    now.set(key(item), kept);
  }
  for (const [name, { node }] of old) if (!now.has(name)) node.remove();
  let place = parent.firstChild;
  for (const { node } of now.values()) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
  parent.drawn = now;
}

// Render one thing again when it changed, and put the focus back where it was.
export function redraw(parent, version, draw) {
  const wanted = JSON.stringify(version);
  if (parent.version === wanted) return;
  parent.version = wanted;
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  parent.replaceChildren(...present([draw()]));
  if (focused) parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

export function link(address, ...children) {
  const safe = /^(https?:\/\/|mailto:)/i.test(address ?? "");
  if (!safe) return h("span", {}, ...children);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
