// The common Markdown of Slack's markdown block, as nodes: headings, lists, quotes, code, emphasis, links.
import { h, link } from "./dom.js";

export function markdown(text) {
  return (text ?? "").split(/^```.*$/m).flatMap((part, place) =>
    place % 2 ? [h("pre", {}, part.replace(/^\n|\n$/g, ""))] : part.trim().split(/\n{2,}/).filter(Boolean).flatMap(block));
}

function block(text) {
  const rows = text.split("\n");
  const heading = /^(#{1,6}) (.*)$/.exec(text);
  if (heading) return [h(heading[1].length > 2 ? "h5" : "h4", {}, inline(heading[2])), ...(rows.length > 1 ? block(rows.slice(1).join("\n")) : [])];
  if (/^(-{3,}|\*{3,})$/.test(text)) return [h("hr")];
  if (rows.every((row) => row.startsWith(">"))) return [h("blockquote", {}, block(rows.map((row) => row.replace(/^> ?/, "")).join("\n")))];
  if (rows.every((row) => /^\s*[-*] /.test(row))) return [h("ul", {}, rows.map((row) => h("li", {}, inline(row.replace(/^\s*[-*] /, "")))))];
  if (rows.every((row) => /^\s*\d+\. /.test(row))) return [h("ol", {}, rows.map((row) => h("li", {}, inline(row.replace(/^\s*\d+\. /, "")))))];
  return [h("p", {}, rows.flatMap((row, place) => (place ? [h("br"), ...inline(row)] : inline(row))))];
}

const MARKS = [
  [/`([^`]+)`/, (found) => h("code", {}, found[1])],
  [/\[([^\]]+)\]\(([^)\s]+)\)/, (found) => link(found[2], ...inline(found[1]))],
  [/\*\*([^*]+)\*\*/, (found) => h("strong", {}, inline(found[1]))],
  [/~~([^~]+)~~/, (found) => h("s", {}, inline(found[1]))],
  [/(?<!\w)[*_]([^*_\s][^*_]*)[*_](?!\w)/, (found) => h("em", {}, inline(found[1]))],
];

function inline(text) {
  for (const [pattern, drawn] of MARKS) {
    const found = pattern.exec(text);
    if (found) return [...inline(text.slice(0, found.index)), drawn(found), ...inline(text.slice(found.index + found[0].length))];
  }
  return text ? [document.createTextNode(text)] : [];
}
