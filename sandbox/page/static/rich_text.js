// Slack's rich_text blocks as nodes. Source: Slack's reference of the rich text block.
import { h, link } from "./dom.js";
import { emoji } from "./mrkdwn.js";

export function richText(block, names, unknown) {
  return block.elements.map((part) => {
    const drawn = PARTS[part.type];
    return drawn ? drawn(part, names, unknown) : unknown("rich text", part);
  });
}

const pieces = (part, names, unknown) => part.elements.map((piece) => styled(piece, names, unknown));

const PARTS = {
  rich_text_section: (part, names, unknown) => h("div", {}, pieces(part, names, unknown)),
  rich_text_quote: (part, names, unknown) => h("blockquote", {}, pieces(part, names, unknown)),
  rich_text_preformatted: (part, names, unknown) => h("pre", {}, pieces(part, names, unknown)),
  rich_text_list: (part, names, unknown) =>
    h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, pieces(item, names, unknown)))),
};

const STYLES = [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["code", "code"], ["underline", "u"]];

function styled(piece, names, unknown) {
  const drawn = PIECES[piece.type];
  if (!drawn) return unknown("rich text", piece);
  return STYLES.reduce((node, [style, tag]) => (piece.style?.[style] ? h(tag, {}, node) : node), drawn(piece, names));
}

const mention = (sign, id, names) => h("span", { class: "mention" }, `${sign}${names[id] ?? id}`);

const PIECES = {
  text: (piece) => h("span", { class: "kept" }, piece.text),
  link: (piece) => link(piece.url, piece.text ?? piece.url),
  emoji: (piece) => h("span", {}, emoji(piece.name)),
  user: (piece, names) => mention("@", piece.user_id, names),
  usergroup: (piece, names) => mention("@", piece.usergroup_id, names),
  channel: (piece, names) => mention("#", piece.channel_id, names),
  broadcast: (piece) => h("span", { class: "mention loud" }, `@${piece.range}`),
  date: (piece) => h("time", {}, piece.fallback ?? new Date(piece.timestamp * 1000).toUTCString()),
  color: (piece) => h("code", {}, piece.value),
};
