// The page: who I am, where I am, and what I see there. Everything comes from the sandbox; this file only ties it together.
import { Composer } from "./composer.js";
import { byId, h, redraw } from "./dom.js";
import { face } from "./faces.js";
import { confirmFirst, Forms } from "./forms.js";
import { layOutOvh, showGuide, showOvh } from "./guide.js";
import { showHome, showMessages } from "./talk.js";

const where = {}; // the place in which each person is: {channel, tab}
const read = {}; // by person and channel: the newest message they saw
let seen = null;

const wire = await connect();
const forms = new Forms(wire, tellProblem);
const composer = new Composer(async (text) => fine(await wire.do("say", { text, channel: here().channel })));
const go = {
  become: (who, channel) => { where[who] = { channel: channel ?? where[who]?.channel, tab: "messages" }; pane("talk"); return wire.do("be", { who }); },
  look: (channel) => place(channel),
  type: async (step) => {
    if (step.who !== seen.me) await go.become(step.who, step.channel);
    else place(step.channel);
    composer.fill(step.type);
  },
  panel: () => { pane("ovh"); byId("ovh").querySelector("[data-focus=lose_checkout]")?.focus(); },
};
layOutOvh(pressOvh);
drawSwitcher();
show();

function connect() {
  return new Promise((ready) => {
    import("./wire.js").then(({ Wire }) => {
      const opened = new Wire({
        seen: (all) => { const first = !seen; seen = all; if (first) ready(opened); else show(); },
        linked: (on) => { byId("link").dataset.socket = on ? "open" : "closed"; if (seen) show(); },
      });
    });
  });
}

function here() {
  where[seen.me] ??= { channel: "C0DOMAINS", tab: "messages" };
  const known = seen.channels.some((channel) => channel.id === where[seen.me].channel);
  if (!known) where[seen.me].channel = seen.channels[0].id;
  return where[seen.me];
}

function show() {
  if (!seen) return;
  const { channel: id, tab } = here();
  const channel = seen.channels.find((each) => each.id === id);
  read[`${seen.me}/${id}`] = newest(id);
  drawPeople();
  drawPlaces();
  drawTabs(channel, tab);
  byId("place-name").textContent = channel.kind === "direct" ? channel.name : `# ${channel.name}`;
  const home = channel.kind === "direct" && tab === "home";
  byId("scroll").hidden = byId("composer").hidden = home;
  byId("home").hidden = !home;
  if (home) showHome(seen, deskOf(null, seen.home));
  else showMessages(seen, channel, deskOf);
  forms.show(seen);
  showGuide(seen, go);
  showOvh(seen, pressOvh);
  showLink();
}

// What the renderer needs to know of a message or Home, and what it may do there.
function deskOf(channel, thing) {
  const at = channel ? { channel: channel.id, ts: thing.ts } : { view: thing?.id };
  const act = async (what, block, part, more) =>
    fine(await wire.do(what, { ...at, block: block.block_id, action: part.action_id, ...more }));
  return {
    names: seen.names, chosen: thing?.chosen, confirm: confirmFirst,
    press: (block, part) => act("press", block, part),
    choose: (block, part, value) => act("choose", block, part, { value }),
  };
}

function newest(channel) {
  return seen.messages[channel]?.at(-1)?.ts ?? "";
}

function drawPeople() {
  redraw(byId("people"), [seen.me, seen.people], () => seen.people.map((person) =>
    h("button", { class: "person", "aria-pressed": String(person.id === seen.me), "data-focus": person.id, "data-person": person.name, onclick: () => wire.do("be", { who: person.id }) },
      face(person.id), h("span", { class: "name" }, person.name), h("span", { class: "role" }, person.role))));
}

function drawPlaces() {
  const { channel: current } = here();
  const unread = (channel) => newest(channel.id) > (read[`${seen.me}/${channel.id}`] ?? "");
  redraw(byId("places"), [seen.me, current, seen.channels.map((each) => [each, unread(each)])], () => [
    h("h2", {}, "Channels"),
    h("ul", {}, seen.channels.map((channel) => h("li", {}, h("button", {
      class: `place${unread(channel) ? " unread" : ""}`, "data-focus": channel.id, "aria-current": channel.id === current ? "page" : null,
      onclick: () => place(channel.id),
    }, h("span", { "aria-hidden": "true" }, { direct: "●", private: "◆", public: "#" }[channel.kind]), ` ${channel.name}`,
    unread(channel) ? h("span", { class: "unseen" }, " (new messages)") : null)))),
  ]);
}

function place(channel, tab = "messages") {
  where[seen.me] = { channel, tab };
  pane("talk");
  show();
}

function drawTabs(channel, tab) {
  byId("tabs").hidden = channel.kind !== "direct";
  redraw(byId("tabs"), [channel.kind, tab, seen.me], () => ["messages", "home"].map((name) =>
    h("button", { "aria-pressed": String(name === tab), "data-focus": name, onclick: () => open(channel, name) }, name === "home" ? "Home" : "Messages")));
}

function open(channel, tab) {
  where[seen.me] = { channel: channel.id, tab };
  show();
  if (tab === "home") wire.do("home").then(fine);
}

async function pressOvh(name, argument) {
  fine(await wire.do("ovh", { switch: name, argument }));
}

function fine({ problem }) {
  tellProblem(problem ?? null);
  return !problem;
}

// A modal covers the page, so that a problem with its form is shown within it.
function tellProblem(words, before = null) {
  document.querySelector(".form .problem")?.remove();
  if (before) before.before(h("p", { class: "problem", role: "alert" }, words));
  byId("problem").hidden = !words || Boolean(before);
  byId("problem").textContent = words ?? "";
}

function showLink() {
  const open = byId("link").dataset.socket !== "closed";
  byId("link").textContent = !open ? "The sandbox has stopped" : seen.bot.connected ? "Bot connected" : "The bot is not running";
  byId("link").classList.toggle("broken", !open || !seen.bot.connected);
}

function pane(name) {
  byId("panes").dataset.pane = name;
  drawSwitcher();
}

function drawSwitcher() {
  const now = byId("panes").dataset.pane;
  const panes = [["places", "Channels"], ["talk", "Messages"], ["guide", "Tour"], ["ovh", "OVH"]];
  redraw(byId("switcher"), now, () => panes.map(([name, label]) =>
    h("button", { "aria-pressed": String(name === now), "data-focus": name, onclick: () => pane(name) }, label)));
}
