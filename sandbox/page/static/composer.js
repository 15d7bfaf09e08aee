// The line to type in, with the commands and their hints.
import { byId, h } from "./dom.js";

const COMMANDS = [
  ["search", "NAMES…", "find names and their prices"],
  ["buy", "NAME… for PURPOSE", "check names and request approval in one go"],
  ["add", "NAME", "put a name into this channel's cart"],
  ["remove", "NAME", "take a name out of the cart"],
  ["cart", "", "show this channel's cart"],
  ["pending", "", "what is waiting, and for whom"],
  ["show", "NUMBER or NAME", "show one request, or a name"],
  ["history", "WORD", "all requests, newest first"],
  ["withdraw", "NUMBER", "take your request back"],
  ["help", "", "how it works"],
];

export class Composer {
  constructor(send) {
    this.send = send;
    this.input = byId("typed");
    this.list = byId("hints");
    this.at = -1;
    this.sent = [];
    this.input.addEventListener("input", () => this.hint());
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.input.addEventListener("keydown", (event) => this.key(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  fill(text) {
    this.input.value = text;
    this.input.focus();
    this.close();
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.close();
    this.input.value = "";
    this.sent.push(text);
    const fine = await this.send(text);
    if (!fine && !this.input.value) this.input.value = text; // nothing typed is lost
  }

  hint() {
    const typed = this.input.value;
    const wanted = /^\/(?:d(?:o(?:m(?:a(?:i(?:n(?: (\w*))?)?)?)?)?)?)?$/.exec(typed);
    const fits = wanted ? COMMANDS.filter(([name]) => name.startsWith(wanted[1] ?? "")) : [];
    this.at = fits.length ? 0 : -1;
    this.list.replaceChildren(...fits.map(([name, hint, about], place) =>
      h("li", { role: "option", id: `hint-${place}`, "data-name": name, "data-more": hint ? "yes" : null, onmousedown: (event) => { event.preventDefault(); this.take(place); } },
        h("strong", {}, `/domain ${name}`), hint ? h("span", { class: "argument" }, ` ${hint}`) : null, h("span", { class: "quiet" }, ` ${about}`))));
    this.list.hidden = !fits.length;
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === this.at)));
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `hint-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  take(place) {
    const chosen = this.list.children[place];
    this.fill(`/domain ${chosen.dataset.name}${chosen.dataset.more ? " " : ""}`);
  }

  close() {
    this.list.hidden = true;
    this.at = -1;
    this.mark();
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) this.close();
    else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.list.children.length) % this.list.children.length;
      this.mark();
    } else if (open && (event.key === "Tab" || event.key === "Enter") && !this.complete()) this.take(this.at);
    else if (!open && event.key === "ArrowUp" && !this.input.value && this.sent.length) this.input.value = this.sent[this.sent.length - 1];
    else return;
    event.preventDefault();
  }

  // Whether what is typed is the chosen command already: then Enter sends it.
  complete() {
    return this.at >= 0 && this.input.value.trim() === `/domain ${this.list.children[this.at].dataset.name}`
      && !this.list.children[this.at].dataset.more;
  }
}
