// The guided tour, and the pretend OVH's panel.
import { byId, h, link, redraw } from "./dom.js";

export function showGuide(seen, go) {
  redraw(byId("guide"), [seen.tour, seen.me], () => {
    const next = seen.tour.findIndex((step) => !step.done);
    return [
      h("h2", {}, "A tour in five steps"),
      h("ol", { class: "steps" }, seen.tour.map((step, place) => h("li", { class: step.done ? "done" : place === next ? "now" : "", "aria-current": place === next ? "step" : null },
        h("strong", {}, h("span", { class: "unseen" }, step.done ? "Done: " : ""), step.title),
        place === next ? [h("p", {}, step.text), h("p", { class: "row" }, ways(step, seen, go))] : null))),
      next < 0 ? h("p", {}, "That is the whole way. Now try to break it: the switches in the OVH panel do harm on purpose.") : null,
    ];
  });
}

function ways(step, seen, go) {
  const person = seen.people.find((each) => each.id === step.who);
  return [
    step.who && step.who !== seen.me ? h("button", { class: "button", "data-focus": "become", onclick: () => go.become(step.who, step.channel) }, `Become ${person.name}`) : null,
    step.panel ? h("button", { class: "button", "data-focus": "panel", onclick: go.panel }, "Show the switch") : null,
    step.type ? h("button", { class: "button", "data-focus": "type", onclick: () => go.type(step) }, "Type it for me") : null,
    !step.type && step.who === seen.me ? h("button", { class: "button", "data-focus": "look", onclick: () => go.look(step.channel) }, "Show me where") : null,
  ];
}

export function showOvh(seen, press) {
  const { ovh } = seen;
  redraw(byId("ovh-ledger"), [ovh.orders, ovh.carts], () => ledger(ovh, press));
  redraw(byId("ovh-switches"), [ovh.switches, ovh.methods, ovh.removed, ovh.prepaid], () => switches(ovh, press));
  byId("ovh-clock").textContent = ovh.clock;
  byId("ovh-calls").textContent = `${ovh.calls} calls so far`;
}

export function layOutOvh(press) {
  const name = h("input", { id: "ovh-name", placeholder: "blue-otter.ovh", spellcheck: "false", autocapitalize: "off" });
  const about = (which, words) => h("button", { class: "button", onclick: () => press(which, name.value) }, words);
  byId("ovh").replaceChildren(
    h("h2", {}, "The pretend OVH"),
    h("div", { id: "ovh-ledger" }),
    h("h3", {}, "Clock"), h("p", { id: "ovh-clock" }),
    h("p", { class: "row" }, h("button", { class: "button", onclick: () => press("deliver") }, "Deliver now"),
      h("button", { class: "button", onclick: () => press("day") }, "A day later")),
    h("h3", {}, "A name"), h("label", { for: "ovh-name", class: "unseen" }, "Name"), name,
    h("p", { class: "row" }, about("rise", "Costs €5 more"), about("renewal", "Renews for €359"),
      about("take", "Is taken in the meantime"), about("outsider", "A colleague orders it")),
    h("div", { id: "ovh-switches" }),
    h("p", { id: "ovh-calls", class: "quiet" }));
}

function switches(ovh, press) {
  const box = (on, label, act, focus) => h("label", { class: "switch" },
    h("input", { type: "checkbox", checked: on, "data-focus": focus, onchange: act }), h("span", {}, label));
  return [
    h("h3", {}, "What can go wrong"),
    ovh.switches.map((each) => box(each.on, each.label, () => press(each.name), each.name)),
    ovh.methods.map((each) => box(each.refuses, `Refuse ${each.label}`, () => press("refuse", String(each.id)), `refuse-${each.id}`)),
    box(ovh.removed, "No payment method at all", () => press("methods"), "methods"),
    h("h3", {}, "Prepaid account"), h("p", { class: "line" }, h("span", {}, ovh.prepaid),
      h("button", { class: "button small", "data-focus": "credit", onclick: () => press("credit") }, "Put €50 on it")),
  ];
}

const STATUS = {
  notPaid: "not paid", checking: "being checked", delivering: "being delivered", delivered: "delivered",
  cancelled: "cancelled", documentsRequested: "documents requested",
};

function ledger(ovh, press) {
  const open = ovh.carts.filter((cart) => cart.names.length && !cart.closed).length;
  return [
    h("h3", {}, "Orders"),
    ovh.orders.length ? ovh.orders.map((order) => entry(order, press)) : h("p", { class: "quiet" }, "None yet."),
    h("p", { class: "quiet" }, `Carts: ${ovh.carts.filter((cart) => cart.closed).length} ordered, ${open} filled and open`),
  ];
}

function entry(order, press) {
  const act = (which, words, on) => h("button", {
    class: "button small", "aria-pressed": String(on), "data-focus": `${which}-${order.id}`, onclick: () => press(which, String(order.id)),
  }, words);
  return h("div", { class: "order" },
    h("p", { class: "line" }, h("strong", {}, String(order.id)), h("span", {}, order.total)),
    h("p", {}, order.names.join(", ")),
    order.foreign ? h("p", { class: "quiet" }, "Ordered by a colleague, not by the bot") : null,
    h("p", { class: "line" }, h("span", { class: `status ${order.status}` }, STATUS[order.status] ?? order.status),
      h("span", {}, `${order.payments} ${order.payments === 1 ? "payment" : "payments"}`)),
    h("p", {}, link(order.url, "Its page at OVH")),
    h("details", {}, h("summary", { "data-focus": `more-${order.id}` }, "Make trouble"), h("p", { class: "row" },
      act("documents", "Documents requested", order.documents), act("task_error", "Registry error", order.taskError),
      act("cancel", "Cancel it", order.status === "cancelled"), act("expire", "Let it expire", order.status === "cancelled"),
      act("page", "Pay on OVH's page", order.payments > 0))));
}
