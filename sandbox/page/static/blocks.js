// Block Kit as nodes. What is not known here is drawn as a loud box: nothing disappears silently.
import { h } from "./dom.js";
import { element } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./rich_text.js";

// `desk` holds names (for mentions), chosen (the state by block and action), press, choose, form and errors.
export function draw(blocks, desk) {
  return (blocks ?? []).map((block) => {
    const known = BLOCKS[block.type];
    const node = known ? known(block, desk) : unknown("block", block);
    node.classList.add("block", `block-${block.type}`);
    return node;
  });
}

export function unknown(what, part) {
  return h("div", { class: "unknown", role: "note" },
    h("strong", {}, `Unknown ${what}: ${part?.type ?? typeof part}`), h("pre", {}, JSON.stringify(part, null, 1)));
}

export function words(text, desk) {
  if (text?.type === "mrkdwn") return mrkdwn(text.text, desk.names);
  if (text?.type === "plain_text") return [document.createTextNode(plain(text.text, text.emoji !== false))];
  return [unknown("text", text)];
}

const image = (part) =>
  h("img", { src: /^https:\/\//.test(part.image_url ?? "") ? part.image_url : null, alt: part.alt_text ?? "" });

const BLOCKS = {
  header: (block, desk) => h("h3", {}, words(block.text, desk)),
  divider: () => h("hr"),
  section: (block, desk) => h("div", {},
    h("div", { class: "words" },
      block.text ? h("div", { class: "paragraph" }, words(block.text, desk)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, words(field, desk)))) : null),
    block.accessory ? h("div", { class: "accessory" }, part(block.accessory, block, desk)) : null),
  context: (block, desk) => h("div", {}, block.elements.map((each) =>
    each.type === "image" ? image(each) : h("span", {}, words(each, desk)))),
  actions: (block, desk) => h("div", {}, block.elements.map((each) => part(each, block, desk))),
  input: (block, desk) => input(block, desk),
  image: (block, desk) => h("figure", {}, block.title ? h("figcaption", {}, words(block.title, desk)) : null, image(block)),
  rich_text: (block, desk) => h("div", {}, richText(block, desk.names, unknown)),
  markdown: (block) => h("div", {}, markdown(block.text)),
  table: (block, desk) => table(block, desk),
};

function part(each, block, desk) {
  if (each.type === "image") return image(each);
  return element(each, block, desk) ?? unknown("element", each);
}

function input(block, desk) {
  const id = `input-${block.block_id}`;
  const error = desk.errors?.[block.block_id];
  const notes = [error ? `${id}-error` : null, block.hint ? `${id}-hint` : null].filter(Boolean).join(" ");
  const group = ["checkboxes", "radio_buttons", "multi_static_select"].includes(block.element.type);
  const label = [words(block.label, desk), block.optional ? h("span", { class: "quiet" }, " (optional)") : null];
  const field = element(block.element, block, { ...desk, id, notes: notes || null, invalid: Boolean(error) })
    ?? unknown("element", block.element);
  return h(group ? "fieldset" : "div", {},
    group ? h("legend", {}, label) : h("label", { for: id }, label),
    field,
    error ? h("p", { class: "error", id: `${id}-error` }, error) : null,
    block.hint ? h("p", { class: "hint", id: `${id}-hint` }, words(block.hint, desk)) : null);
}

function table(block, desk) {
  const side = (place) => block.column_settings?.[place]?.align ?? "left";
  const cell = (tag, content, place) => h(tag, { class: `align-${side(place)}` },
    content.type === "raw_text" ? content.text
      : content.type === "rich_text" ? richText(content, desk.names, unknown) : unknown("cell", content));
  const [head, ...rows] = block.rows ?? [];
  return h("div", { class: "scrolling", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, (head ?? []).map((content, place) => cell("th", content, place)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((content, place) => cell("td", content, place)))))));
}

