// Fields and menus that hold a value: text, numbers, dates, choices. Each tells `choose` its new state.
import { h } from "./dom.js";
import { textObject, unescape } from "./text.js";

export function picker(part, state, attributes, options, choose) {
  const kind = part.type;
  const hint = part.placeholder ? unescape(part.placeholder.text) : undefined;
  const common = { ...attributes, placeholder: hint, "aria-label": attributes.id ? undefined : hint ?? part.action_id, autofocus: part.focus_on_load };
  if (kind === "plain_text_input") return typed(part, state, common, choose);
  if (kind in LINES) return line(LINES[kind](part), "value", state, common, choose);
  if (kind in TIMES) return moment(...TIMES[kind], state, common, choose);
  if (kind === "checkboxes" || kind === "radio_buttons") return ticks(part, state, common, options, choose);
  if (kind === "rich_text_input") return rich(state, common, choose);
  if (kind === "file_input") return h("span", { class: "not-drawn", ...attributes }, "Files cannot be chosen here");
  if (kind.startsWith("multi_")) return several(part, state, common, options, choose);
  return kind.endsWith("_select") ? one(part, state, common, options, choose) : null;
}

const LINES = {
  number_input: (part) => ({ type: "text", inputmode: part.is_decimal_allowed ? "decimal" : "numeric" }),
  email_text_input: () => ({ type: "text", inputmode: "email" }),
  url_text_input: () => ({ type: "text", inputmode: "url" }),
};

const TIMES = { datepicker: ["date", "selected_date"], timepicker: ["time", "selected_time"], datetimepicker: ["datetime-local", "selected_date_time"] };

function typed(part, state, common, choose) {
  const limits = { maxlength: part.max_length };
  if (!part.multiline) return line({ type: "text", ...limits }, "value", state, common, choose);
  const area = h("textarea", { rows: 4, ...limits, ...common, oninput: () => choose({ value: area.value || null }) });
  area.value = state.value ?? "";
  return area;
}

function line(kind, key, state, common, choose) {
  const field = h("input", { ...kind, ...common, oninput: () => choose({ [key]: field.value || null }) });
  field.value = state[key] ?? "";
  return field;
}

function moment(type, key, state, common, choose) {
  const field = h("input", { type, ...common, onchange: () => choose({ [key]: read(type, field.value) }) });
  field.value = write(type, state[key]);
  return field;
}

const read = (type, value) => (value && type === "datetime-local" ? Math.floor(Date.parse(value) / 1000) : value || null);

function write(type, value) {
  if (!value || type !== "datetime-local") return value ?? "";
  const when = new Date(value * 1000);
  return new Date(when - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function rich(state, common, choose) {
  const text = (state.rich_text_value?.elements ?? []).flatMap((each) => each.elements).map((each) => each.text ?? "").join("");
  const area = h("textarea", { rows: 4, ...common, oninput: () => choose({ rich_text_value: wrapped(area.value) }) });
  area.value = text;
  return area;
}

const wrapped = (text) => (text ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] } : null);

const keyOf = (part, many) => {
  const what = part.type.replace("multi_", "").replace("_select", "");
  if (["static", "external", "radio_buttons", "checkboxes"].includes(what)) return many ? "selected_options" : "selected_option";
  return many ? `selected_${what}` : `selected_${what.slice(0, -1)}`;
};

const valueOf = (chosen) => chosen?.value ?? chosen;

function one(part, state, common, options, choose) {
  const key = keyOf(part, false);
  const { placeholder, ...attributes } = common;
  const field = h("select", { class: "select", ...attributes, onchange: () => choose({ [key]: options.find((o) => o.value === field.value)?.raw ?? null }) },
    h("option", { value: "" }, placeholder ?? "Choose an option"), grouped(options));
  field.value = valueOf(state[key]) ?? "";
  return field;
}

function grouped(options) {
  const made = (option) => h("option", { value: option.value }, option.label);
  const names = [...new Set(options.map((option) => option.group))];
  return names.flatMap((group) => {
    const inside = options.filter((option) => option.group === group).map(made);
    return group ? [h("optgroup", { label: group }, inside)] : inside;
  });
}

function several(part, state, common, options, choose) {
  const key = keyOf(part, true);
  const chosen = new Set((state[key] ?? []).map(valueOf));
  return boxes("checkbox", part, common, options, chosen, (now) => choose({ [key]: options.filter((o) => now.has(o.value)).map((o) => o.raw) }));
}

function ticks(part, state, common, options, choose) {
  const many = part.type === "checkboxes";
  const key = keyOf(part, many);
  const chosen = new Set((many ? state[key] ?? [] : [state[key]]).filter(Boolean).map(valueOf));
  const tell = (now) => {
    const raw = options.filter((option) => now.has(option.value)).map((option) => option.raw);
    choose({ [key]: many ? raw : raw[0] ?? null });
  };
  return boxes(many ? "checkbox" : "radio", part, common, options, chosen, tell);
}

function boxes(type, part, common, options, chosen, tell) {
  const name = `${common.id ?? common.data.blockId}-${part.action_id}`;
  const { placeholder, ...attributes } = common;
  const group = h("div", { class: "ticks", role: type === "radio" ? "radiogroup" : "group", ...attributes }, options.map((option) =>
    h("label", { class: "tick" },
      h("input", { type, name, value: option.value, checked: chosen.has(option.value), data: { optionValue: option.value }, onchange: () => tell(ticked(group)) }),
      h("span", {}, option.option ? textObject(option.option.text) : option.label,
        option.option?.description && h("span", { class: "description" }, textObject(option.option.description))))));
  return group;
}

const ticked = (group) => new Set([...group.querySelectorAll("input:checked")].map((box) => box.value));
