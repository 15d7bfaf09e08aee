// Modals: the form on top of a user's stack, what Slack says at its fields, and the small "are you sure".
import { draw } from "./blocks.js";
import { byId, h } from "./dom.js";
import { plain } from "./mrkdwn.js";

export class Forms {
  constructor(wire, problem) {
    Object.assign(this, { wire, problem });
    this.dialog = byId("form");
    this.shown = null;
    this.reset();
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close(false);
    });
  }

  reset() {
    this.values = {}; // by action id: what was typed or chosen and waits for the submit
    this.chosen = {};
    this.errors = {};
  }

  show(seen) {
    const top = seen.forms[seen.forms.length - 1];
    if (!top) {
      this.shown = null;
      if (this.dialog.open) this.dialog.close();
      return;
    }
    const version = `${top.id}/${top.hash}`;
    if (this.shown?.version === version) return;
    if (this.shown?.top.id !== top.id) this.reset();
    this.errors = {};
    this.shown = { version, top, names: seen.names, depth: seen.forms.length };
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
    const input = this.dialog.querySelector("input, textarea, select");
    if (input) input.focus();
    else this.dialog.querySelectorAll("*").forEach((part) => { part.scrollTop = 0; });
  }

  draw() {
    const { top, names, depth } = this.shown;
    const { view } = top;
    const chosen = { ...top.chosen };
    for (const [block, parts] of Object.entries(this.chosen)) chosen[block] = { ...chosen[block], ...parts };
    const desk = {
      names, chosen, errors: this.errors,
      press: (block, part) => this.tell("press", block, part),
      choose: (block, part, value, waits) => (waits ? this.keep(block, part, value) : this.tell("choose", block, part, { value })),
      confirm: confirmFirst,
    };
    const cancel = h("button", { type: "button", class: "button", onclick: () => this.close(depth === 1) },
      depth > 1 ? "Back" : plain(view.close?.text) || (view.submit ? "Cancel" : "Close"));
    const submit = view.submit ? h("button", { type: "submit", class: "button primary" }, plain(view.submit.text)) : null;
    this.dialog.replaceChildren(h("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); this.submit(submit); } },
      h("h2", { id: "form-title" }, plain(view.title?.text)),
      h("div", { class: "form-body" }, draw(view.blocks, desk)),
      h("div", { class: "form-foot" }, cancel, submit)));
  }

  keep(block, part, value) {
    this.values[part.action_id] = value;
    const many = Array.isArray(value);
    const options = (part.options ?? []).filter((each) => (many ? value.includes(each.value) : each.value === value));
    const state = many ? { selected_options: options } : { value, selected_option: options[0], selected_date: value, selected_time: value };
    this.chosen[block.block_id] = { ...this.chosen[block.block_id], [part.action_id]: state };
  }

  async tell(what, block, part, more = {}) {
    const { problem } = await this.wire.do(what, { view: this.shown.top.id, block: block.block_id, action: part.action_id, ...more });
    if (problem) this.problem(problem);
  }

  async submit(button) {
    if (button.disabled) return;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const { problem, errors } = await this.wire.do("submit", { values: this.values });
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (problem) this.problem(problem, this.dialog.querySelector(".form-foot"));
    if (!errors || !Object.keys(errors).length || !this.shown) return;
    this.errors = errors;
    this.draw();
    this.dialog.querySelector("[aria-invalid]")?.focus();
  }

  close(all) {
    return this.wire.do("close", { all });
  }
}

export function confirmFirst(asked, act) {
  const dialog = byId("confirm");
  const done = (yes) => () => {
    dialog.close();
    if (yes) act();
  };
  dialog.replaceChildren(
    h("h2", { id: "confirm-title" }, plain(asked.title.text)),
    h("div", { class: "form-body" }, h("p", {}, plain(asked.text.text.replace(/[*`]/g, "")))),
    h("div", { class: "form-foot" },
      h("button", { type: "button", class: "button", onclick: done(false) }, plain(asked.deny.text)),
      h("button", { type: "button", class: `button ${asked.style ?? "primary"}`, onclick: done(true) }, plain(asked.confirm.text))));
  dialog.showModal();
}
