// Interactive elements as page nodes. https://docs.slack.dev/reference/block-kit/block-elements
import { act } from "./api.js";
import { confirmed } from "./dialogs.js";
import { h, link } from "./dom.js";
import { drafts, store } from "./store.js";
import { textObject, unescape } from "./text.js";
import { picker } from "./pickers.js";

export function element(part, block, surface, attributes = {}) {
  const data = { actionId: part.action_id, blockId: block.block_id };
  const show = ELEMENTS[part.type];
  if (show) return show(part, block, surface, { ...attributes, data });
  const made = picker(part, current(part, block, surface), { ...attributes, data }, options(part), (state) => choose(part, block, surface, state));
  return made ?? h("span", { class: "not-drawn" }, `A ${part.type}: not drawn here`);
}

const ELEMENTS = { button, overflow, workflow_button: button, icon_button: button, feedback_buttons: feedback };

function button(part, block, surface, attributes) {
  const press = async (event) => {
    if (!(await confirmed(part.confirm))) return;
    await sending(event.target, () => act("click", { on: surface.on, ...ids(part, block), values: drafts(surface.place) }));
  };
  const label = part.accessibility_label ?? (part.text ? undefined : part.alt_text ?? part.action_id);
  const words = textObject(part.text) ?? part.icon ?? "•";
  const pressed = h("button", { type: "button", class: `btn ${part.style ?? ""}`, "aria-label": label, onclick: press, ...attributes }, words);
  return part.url ? h("span", { class: "with-link" }, pressed, link(part.url, "↗")) : pressed;
}

function feedback(part, block, surface, attributes) {
  return [part.positive_button, part.negative_button].filter(Boolean).map((each) =>
    button({ ...part, ...each, type: "button" }, block, surface, attributes));
}

function overflow(part, block, surface, attributes) {
  const entries = part.options.map((option) => h("button", {
    type: "button", role: "menuitem", data: { optionValue: option.value },
    onclick: async (event) => {
      event.target.closest("details").open = false;
      if (await confirmed(part.confirm)) await act("choose", { on: surface.on, ...ids(part, block), value: option.value });
    },
  }, textObject(option.text)));
  return h("details", { class: "overflow", ...attributes }, h("summary", { class: "btn", "aria-label": "More actions" }, "⋯"),
    h("div", { class: "menu", role: "menu" }, entries));
}

async function choose(part, block, surface, state) {
  const mine = drafts(surface.place);
  mine[block.block_id] = { ...mine[block.block_id], [part.action_id]: { type: part.type, ...state } };
  if (block.type === "input" && !block.dispatch_action) return;
  if (!(await confirmed(part.confirm))) return;
  const value = Object.values(state)[0];
  const sent = Array.isArray(value) ? value.map((each) => each.value ?? each) : value?.value ?? value;
  await act("choose", { on: surface.on, ...ids(part, block), value: sent, values: mine });
}

const ids = (part, block) => ({ action_id: part.action_id, block_id: block.block_id });

// What was typed but not sent wins over what the simulator remembers.
function current(part, block, surface) {
  const typed = drafts(surface.place)[block.block_id]?.[part.action_id];
  return typed ?? surface.values?.[block.block_id]?.[part.action_id] ?? initial(part);
}

function initial(part) {
  const key = Object.keys(part).find((name) => name.startsWith("initial_"));
  if (!key) return {};
  const value = part[key];
  return { [key === "initial_value" ? "value" : key.replace("initial_", "selected_")]: value };
}

// The entries of a menu: its own options, or the people and channels there are.
function options(part) {
  const entry = (value, words) => ({ value, label: words, raw: value });
  if (part.type.includes("users_")) return Object.values(store.doc.people).filter((p) => !p.deleted).map((p) => entry(p.id, p.real_name));
  if (part.type.includes("channels_") || part.type.includes("conversations_")) {
    return Object.values(store.doc.channels).filter((c) => !c.is_im).map((c) => entry(c.id, `#${c.name}`));
  }
  const own = (option, group) => ({ value: option.value, label: unescape(option.text.text), option, group, raw: { text: option.text, value: option.value } });
  const grouped = (part.option_groups ?? []).flatMap((group) => group.options.map((option) => own(option, unescape(group.label.text))));
  return [...(part.options ?? []).map((option) => own(option)), ...grouped];
}

async function sending(node, work) {
  const target = node.closest("button");
  target.classList.add("busy");
  target.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    target.classList.remove("busy");
    target.removeAttribute("aria-busy");
  }
}
