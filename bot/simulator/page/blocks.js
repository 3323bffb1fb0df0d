// Block Kit blocks as page nodes. https://docs.slack.dev/reference/block-kit/blocks
import { h, link } from "./dom.js";
import { element } from "./elements.js";
import { markdown, richText } from "./richtext.js";
import { textObject } from "./text.js";

// `surface` is where the blocks stand: {place, on, values, errors, inModal}.
export function blocks(list, surface) {
  return list.map((block) => {
    const show = BLOCKS[block.type] ?? unknown;
    return h("div", { class: `block ${block.type}`, data: { blockId: block.block_id } }, show(block, surface));
  });
}

const BLOCKS = {
  header: (block) => h("h2", {}, textObject(block.text)),
  divider: () => h("hr"),
  section,
  context: (block, surface) => block.elements.map((each) => contextPart(each, block, surface)),
  actions: (block, surface) => block.elements.map((each) => element(each, block, surface)),
  context_actions: (block, surface) => block.elements.map((each) => element(each, block, surface)),
  image,
  input,
  rich_text: richText,
  markdown: (block) => markdown(block.text),
  table,
  alert: (block) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, textObject(block.text)),
  card,
  container,
  file: (block) => h("span", { class: "file" }, `File ${block.external_id}`),
};

function section(block, surface) {
  return [
    h("div", { class: "body" },
      block.text && h("div", { class: "words" }, textObject(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, textObject(field))))),
    block.accessory && h("div", { class: "accessory" }, contextPart(block.accessory, block, surface)),
  ];
}

function contextPart(part, block, surface) {
  if (part.type === "image") return h("span", { class: "picture", title: part.image_url }, link(part.image_url ?? "", `🖼 ${part.alt_text}`));
  if (part.type === "mrkdwn" || part.type === "plain_text") return textObject(part);
  return element(part, block, surface);
}

function image(block) {
  // Nothing is fetched from outside: a picture is shown as a link with its description.
  return h("figure", {}, block.title && h("figcaption", {}, textObject(block.title)),
    link(block.image_url ?? block.slack_file?.url ?? "", `🖼 ${block.alt_text}`));
}

function input(block, surface) {
  const id = `field-${surface.place}-${block.block_id}`.replace(/[^\w-]/g, "_");
  const wrong = surface.errors?.[block.block_id];
  const note = wrong ? `${id}-error` : block.hint ? `${id}-hint` : undefined;
  return [
    h("label", { for: id }, textObject(block.label), block.optional && h("span", { class: "optional" }, " (optional)")),
    element(block.element, block, surface, { id, "aria-describedby": note, "aria-invalid": wrong ? "true" : undefined }),
    wrong && h("div", { class: "error", id: `${id}-error`, role: "alert" }, wrong),
    block.hint && h("div", { class: "hint", id: `${id}-hint` }, textObject(block.hint)),
  ];
}

function table(block) {
  const settings = block.column_settings ?? [];
  const cell = (tag) => (each, column) => h(tag, { class: settings[column]?.align ?? "left", scope: tag === "th" ? "col" : undefined },
    each.type === "raw_text" ? each.text : richText(each));
  const [head, ...rows] = block.rows;
  return h("table", {}, h("thead", {}, h("tr", {}, head.map(cell("th")))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell("td"))))));
}

function card(block, surface) {
  return h("div", { class: "inner-card" },
    h("strong", {}, textObject(block.title)), block.subtitle && h("div", {}, textObject(block.subtitle)),
    block.body && h("div", {}, textObject(block.body)),
    (block.actions ?? []).map((each) => element(each, block, surface)));
}

function container(block, surface) {
  const children = block.child_blocks ?? block.blocks ?? [];
  return h("details", { open: !block.default_collapsed }, h("summary", {}, textObject(block.title) ?? "Details"), blocks(children, surface));
}

// Blocks this page does not draw are named, so that nobody takes them for missing.
const unknown = (block) => h("div", { class: "not-drawn" }, `A ${block.type} block: not drawn here`);
