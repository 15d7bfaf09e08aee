// A face for everybody, drawn from a few shapes, so that one sees at a glance who one is.
const LOOKS = {
  U0ADA: ["#ffd9a8", "#7a3b12", "long"], U0BEN: ["#f2c9a5", "#2b2b2b", "short"], U0CLEO: ["#c98f62", "#1e1a3a", "bun"],
  U0DAN: ["#ffe0c2", "#b5651d", "beard"], U0GWEN: ["#e7b48a", "#9a1f3c", "long"], U0KIM: ["#f5d0b5", "#3d5a3d", "bun"],
};
const HAIR = {
  long: "M6 27V14a10 10 0 0 1 20 0v13h-4V15H10v12z", short: "M7 14a9 9 0 0 1 18 0l-3-2-6-2-6 2z",
  bun: "M16 1a4 4 0 1 1 0 7 4 4 0 0 1 0-7zM7 15a9 9 0 0 1 18 0c-6-1-8-3-9-5-2 3-5 4-9 5z",
  beard: "M7 13a9 9 0 0 1 18 0l-4-3H11zM9 19c0 8 14 8 14 0-2 3-12 3-14 0z",
};
const SVG = "http://www.w3.org/2000/svg";

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function face(user, bot) {
  const drawn = shape("svg", { viewBox: "0 0 32 32", class: "face", "aria-hidden": "true" });
  if (user === bot) {
    drawn.append(shape("rect", { width: 32, height: 32, fill: "#0b5cad" }),
      shape("path", { d: "M8 8h7a8 8 0 0 1 0 16H8z", fill: "none", stroke: "#fff", "stroke-width": 3 }),
      shape("circle", { cx: 24, cy: 23, r: 2.4, fill: "#ffd166" }));
    return drawn;
  }
  const [skin, hair, style] = LOOKS[user] ?? ["#ddd", "#555", "short"];
  drawn.append(shape("rect", { width: 32, height: 32, fill: "#dbe7f3" }),
    shape("circle", { cx: 16, cy: 16, r: 8, fill: skin }), shape("path", { d: "M4 32a12 8 0 0 1 24 0z", fill: hair, opacity: 0.75 }),
    shape("path", { d: HAIR[style], fill: hair }),
    shape("circle", { cx: 13, cy: 16, r: 1.1, fill: "#222" }), shape("circle", { cx: 19, cy: 16, r: 1.1, fill: "#222" }),
    shape("path", { d: "M13 20q3 2.5 6 0", fill: "none", stroke: "#222", "stroke-width": 1.1 }));
  return drawn;
}
