// The middle: a channel's messages with their threads, or a Home.
import { draw } from "./blocks.js";
import { byId, h, keyed, redraw } from "./dom.js";
import { face } from "./faces.js";
import { mrkdwn } from "./mrkdwn.js";

export function showMessages(seen, channel, desk) {
  const scroll = byId("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const all = seen.messages[channel.id] ?? [];
  const replies = Map.groupBy ? Map.groupBy(all, (m) => m.thread) : grouped(all);
  const roots = all.filter((m) => !m.thread || !all.some((other) => other.ts === m.thread));
  const before = byId("messages").lastElementChild;
  keyed(byId("messages"), roots, {
    key: (m) => `${seen.me}/${channel.id}/${m.ts}`,
    version: (m) => JSON.stringify([m, replies.get(m.ts)]),
    draw: (m, old) => message(m, replies.get(m.ts) ?? [], seen, desk(channel, m), old),
  });
  byId("nothing").hidden = roots.length > 0;
  byId("nothing").textContent = welcome(channel);
  if (atEnd || byId("messages").lastElementChild !== before) scroll.scrollTop = scroll.scrollHeight;
}

function welcome(channel) {
  if (channel.kind === "direct") return "Your own conversation with Domain Desk. Commands work here, too.";
  return channel.hasBot ? "Nothing here yet. Try /domain search blue-otter.ovh" : "Domain Desk is not in this channel.";
}

function grouped(messages) {
  const found = new Map();
  for (const each of messages) found.set(each.thread, [...(found.get(each.thread) ?? []), each]);
  return found;
}

function message(m, replies, seen, desk, old) {
  const wasOpen = old?.querySelector(".thread")?.open;
  const isBot = m.author === seen.bot.id;
  return h("article", { class: `message${m.ephemeral ? " ephemeral" : ""}`, "data-ts": m.ts },
    m.ephemeral ? h("p", { class: "only-you" }, "Only visible to you") : null,
    face(m.author, seen.bot.id),
    h("div", { class: "said" },
      h("p", { class: "who" }, h("strong", {}, seen.names[m.author] ?? m.author), isBot ? h("span", { class: "app" }, "APP") : null,
        h("time", {}, clock(m.ts)), m.edited ? h("span", { class: "edited" }, "edited") : null),
      m.blocks.length ? draw(m.blocks, desk) : h("div", { class: "block paragraph" }, mrkdwn(m.text, seen.names)),
      replies.length ? thread(replies, seen, desk, wasOpen) : null));
}

function thread(replies, seen, desk, open) {
  const last = replies[replies.length - 1];
  return h("details", { class: "thread", open },
    h("summary", {}, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`, h("span", { class: "quiet" }, ` last at ${clock(last.ts)}`)),
    replies.map((m) => h("div", { class: "reply" }, h("time", {}, clock(m.ts)),
      m.blocks.length ? draw(m.blocks, { ...desk, chosen: m.chosen }) : h("div", { class: "paragraph" }, mrkdwn(m.text, seen.names)))));
}

const clock = (ts) => new Date(Number(ts) * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

export function showHome(seen, desk) {
  redraw(byId("home"), [seen.me, seen.home], () =>
    seen.home ? draw(seen.home.view.blocks, desk) : h("p", { class: "quiet nothing" }, "Home is being drawn …"));
}
