// Slack's mrkdwn, and its emoji, as nodes. Source: Slack's "Formatting text for app surfaces".
import { h, link } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  tada: "🎉", eyes: "👀", lock: "🔒", credit_card: "💳", shopping_trolley: "🛒", moneybag: "💰", link: "🔗",
  mag: "🔍", globe_with_meridians: "🌐", bulb: "💡", wave: "👋", thumbsup: "👍", "+1": "👍", thumbsdown: "👎",
  "-1": "👎", pencil: "📝", memo: "📝", package: "📦", rocket: "🚀", bell: "🔔", question: "❓", star: "⭐",
  heart: "❤️", smile: "😄", slightly_smiling_face: "🙂", information_source: "ℹ️", clock1: "🕐", receipt: "🧾",
};
const HELD = /[\uE000-\uF8FF]/;

export const emoji = (name) => EMOJI[name] ?? `:${name}:`;
const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function plain(text, withEmoji = true) {
  return withEmoji ? (text ?? "").replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name)) : text ?? "";
}

export function mrkdwn(text, names) {
  return (text ?? "").split(/```/).flatMap((part, place) => {
    if (place % 2) return [h("pre", {}, decode(part.replace(/^\n/, "")))];
    return lines(part, names);
  });
}

function lines(text, names) {
  const drawn = [];
  let quoted = [];
  const closeQuote = () => {
    if (quoted.length) drawn.push(h("blockquote", {}, joined(quoted, names)));
    quoted = [];
  };
  let plainLines = [];
  const closePlain = () => {
    if (plainLines.length) drawn.push(...joined(plainLines, names));
    plainLines = [];
  };
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) { closePlain(); quoted.push(quote[1]); }
    else { closeQuote(); plainLines.push(line); }
  }
  closeQuote();
  closePlain();
  return drawn;
}

const joined = (parts, names) => parts.flatMap((line, place) => (place ? [h("br"), ...inline(line, names)] : inline(line, names)));

// Code and <…> are set aside first, so that no star or underscore within them counts.
function inline(line, names) {
  const held = [];
  const hold = (node) => String.fromCharCode(0xe000 + held.push(node) - 1);
  const bare = line
    .replace(/[\uE000-\uF8FF]/g, "")
    .replace(/`([^`\n]+)`/g, (_, code) => hold(h("code", {}, decode(code))))
    .replace(/<([^<>\n]+)>/g, (_, inside) => hold(special(inside, names)));
  return emphasis(bare, held);
}

const MARKS = [["*", "strong"], ["_", "em"], ["~", "s"]];

function emphasis(text, held) {
  for (const [mark, tag] of MARKS) {
    const sign = `\\${mark}`;
    const found = new RegExp(`(^|[^\\w${sign}])${sign}([^\\s${sign}](?:[^${sign}\\n]*[^\\s${sign}])?)${sign}(?![\\w${sign}])`).exec(text);
    if (!found) continue;
    const start = found.index + found[1].length;
    const end = found.index + found[0].length;
    return [
      ...emphasis(text.slice(0, start), held),
      h(tag, {}, emphasis(found[2], held)),
      ...emphasis(text.slice(end), held),
    ];
  }
  return text.split(/([\uE000-\uF8FF])/).filter(Boolean).map((part) =>
    HELD.test(part) ? held[part.charCodeAt(0) - 0xe000] : document.createTextNode(plain(decode(part))));
}

function special(inside, names) {
  const [target, label] = inside.split("|", 2);
  const mention = (sign, id) => h("span", { class: "mention" }, `${sign}${names[id] ?? label ?? id}`);
  if (target.startsWith("@")) return mention("@", target.slice(1));
  if (target.startsWith("#")) return mention("#", target.slice(1));
  if (target.startsWith("!subteam^")) return mention("@", target.slice(9));
  if (target.startsWith("!date^")) return moment(target, label);
  if (target.startsWith("!")) return h("span", { class: "mention loud" }, `@${label ?? target.slice(1)}`);
  return link(decode(target), decode(label ?? target.replace(/^mailto:/, "")));
}

function moment(target, fallback) {
  const [, seconds, format, address] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return h("span", {}, fallback ?? "");
  const day = (options) => at.toLocaleDateString("en-GB", options);
  const long = { day: "numeric", month: "long", year: "numeric" };
  const known = {
    date_num: at.toISOString().slice(0, 10), date: day(long), date_long: day({ weekday: "long", ...long }),
    date_short: day({ day: "numeric", month: "short", year: "numeric" }),
    time: at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" }),
    time_secs: at.toLocaleTimeString("en-GB"),
  };
  const shown = (format ?? "").replace(/\{(\w+?)(?:_pretty)?\}/g, (whole, name) => known[name] ?? whole);
  const node = h("time", { datetime: at.toISOString(), title: fallback }, decode(shown));
  return address ? link(address, node) : node;
}
