// Block Kit's interactive elements. In a form a value waits for the submit; elsewhere it is sent at once.
import { h } from "./dom.js";
import { plain } from "./mrkdwn.js";

const label = (text) => plain(text?.text ?? "");

export function element(part, block, desk) {
  const drawn = ELEMENTS[part.type];
  return drawn ? drawn(part, new Field(part, block, desk)) : null;
}

// One element in its block: what it holds, and how it tells that it was changed.
class Field {
  constructor(part, block, desk) {
    Object.assign(this, { part, block, desk });
    this.state = desk.chosen?.[block.block_id]?.[part.action_id] ?? {};
    this.focus = `${block.block_id}/${part.action_id}`;
  }

  get common() {
    const { id, notes, invalid } = this.desk;
    return {
      id: id ?? null, "aria-describedby": notes ?? null, "aria-invalid": invalid ? "true" : null,
      "data-focus": this.focus, "aria-label": id ? null : this.part.accessibility_label ?? (label(this.part.placeholder) || null),
    };
  }

  // Inputs of a form keep their value until it is submitted, unless they ask to send at once.
  tell(value) {
    const waits = this.block.type === "input" && !this.block.dispatch_action;
    this.desk.choose(this.block, this.part, value, waits);
  }

  ask(act) {
    if (this.part.confirm) this.desk.confirm(this.part.confirm, act);
    else act();
  }
}

const typed = (kind) => (part, field) => {
  const shared = {
    ...field.common, placeholder: label(part.placeholder), maxlength: part.max_length ?? 3000,
    oninput: (event) => field.tell(event.target.value),
  };
  return part.multiline
    ? h("textarea", { ...shared, rows: 4, value: field.state.value ?? "" })
    : h("input", { ...shared, type: kind, value: field.state.value ?? "" });
};

const moment = (kind) => (part, field) =>
  h("input", { ...field.common, type: kind, value: field.state[`selected_${kind}`] ?? "", onchange: (event) => field.tell(event.target.value) });

const ELEMENTS = {
  button: (part, field) => {
    const node = h("button", {
      type: "button", class: `button ${part.style ?? ""}`, "data-focus": field.focus, "data-action": part.action_id,
      "aria-label": part.accessibility_label ?? null,
      onclick: () => field.ask(async () => {
        if (/^https?:\/\//.test(part.url ?? "")) window.open(part.url, "_blank", "noopener,noreferrer");
        node.setAttribute("aria-busy", "true");
        await field.desk.press(field.block, part);
        node.removeAttribute("aria-busy");
      }),
    }, label(part.text));
    return node;
  },

  static_select: (part, field) => {
    const chosen = field.state.selected_option?.value;
    const option = (each) => h("option", { value: each.value, selected: each.value === chosen }, label(each.text));
    const groups = part.option_groups?.map((group) => h("optgroup", { label: label(group.label) }, group.options.map(option)));
    return h("select", { ...field.common, onchange: (event) => field.ask(() => field.tell(event.target.value || null)) },
      h("option", { value: "", selected: !chosen, disabled: Boolean(chosen), hidden: Boolean(chosen) }, label(part.placeholder) || "Choose"),
      groups ?? part.options.map(option));
  },

  multi_static_select: (part, field) => choices("checkbox", part, field),
  checkboxes: (part, field) => choices("checkbox", part, field),
  radio_buttons: (part, field) => choices("radio", part, field),

  overflow: (part, field) => h("details", { class: "overflow" },
    h("summary", { "aria-label": part.accessibility_label ?? "More" }, "⋯"),
    h("div", {}, part.options.map((each) => h("button", {
      type: "button", class: "button", onclick: (event) => {
        event.target.closest("details").open = false;
        field.ask(() => field.tell(each.value));
      },
    }, label(each.text))))),

  plain_text_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("text"),
  datepicker: moment("date"),
  timepicker: moment("time"),
};

function choices(kind, part, field) {
  const one = kind === "radio";
  const chosen = new Set(one ? [field.state.selected_option?.value] : (field.state.selected_options ?? []).map((each) => each.value));
  const all = part.options ?? part.option_groups.flatMap((group) => group.options);
  const tell = (value, on) => {
    if (one) return field.tell(value);
    if (on) chosen.add(value);
    else chosen.delete(value);
    return field.tell([...chosen]);
  };
  return h("div", { class: "choices", role: "group", "aria-label": part.accessibility_label ?? null, "aria-describedby": field.desk.notes ?? null },
    all.map((each) => h("label", {},
      h("input", {
        type: kind, name: field.focus, value: each.value, checked: chosen.has(each.value), "data-focus": `${field.focus}/${each.value}`,
        onchange: (event) => tell(each.value, event.target.checked),
      }),
      h("span", {}, label(each.text), each.description ? h("span", { class: "quiet" }, ` ${label(each.description)}`) : null))));
}
