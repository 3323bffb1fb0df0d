// Rich text and Markdown blocks as page nodes.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
import { h, link } from "./dom.js";
import { slackDate } from "./dates.js";
import { emoji } from "./emoji.js";
import { channelMention, groupMention, mention } from "./text.js";

export function richText(block) {
  return block.elements.map(part);
}

function part(element) {
  const bordered = element.border ? "bordered" : undefined;
  switch (element.type) {
    case "rich_text_preformatted": return h("pre", {}, element.elements.map(inline));
    case "rich_text_quote": return h("blockquote", {}, element.elements.map(inline));
    case "rich_text_list": return list(element, bordered);
    default: return h("div", { class: "rich" }, element.elements.map(inline));
  }
}

function list(element, bordered) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const start = element.offset ? element.offset + 1 : undefined;
  const items = element.elements.map((item) => h("li", {}, item.elements.map(inline)));
  return h(tag, { class: bordered, start, style: `margin-left: ${1.6 * (element.indent ?? 0)}em` }, items);
}

function inline(element) {
  const style = element.style ?? {};
  let node = plain(element);
  for (const [name, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["underline", "u"]]) {
    if (style[name]) node = h(tag, {}, node);
  }
  return node;
}

function plain(element) {
  switch (element.type) {
    case "text": return document.createTextNode(element.text);
    case "link": return link(element.url, element.text || element.url);
    case "emoji": return document.createTextNode(element.unicode ? fromCode(element.unicode) : emoji(element.name));
    case "user": return mention(element.user_id);
    case "channel": return channelMention(element.channel_id);
    case "usergroup": return groupMention(element.usergroup_id);
    case "broadcast": return h("span", { class: "mention everybody" }, `@${element.range}`);
    case "date": return h("time", {}, slackDate(element.timestamp, element.format));
    case "color": return h("code", {}, element.value);
    default: return document.createTextNode("");
  }
}

const fromCode = (codes) => String.fromCodePoint(...codes.split("-").map((code) => parseInt(code, 16)));

// The `markdown` block: the parts of CommonMark that Slack shows.
export function markdown(text) {
  return text.split(/(```[\s\S]*?```)/g).filter((piece) => piece.trim()).flatMap((piece) => {
    if (piece.startsWith("```")) return [h("pre", {}, piece.replace(/^```\w*\n?|\n?```$/g, ""))];
    return piece.split(/\n{2,}/).filter((each) => each.trim()).flatMap(paragraph);
  });
}

function paragraph(text) {
  const lines = text.trim().split("\n");
  const heading = /^#{1,6} (.*)$/.exec(lines[0]);
  if (heading) return [h("h3", {}, words(heading[1])), ...(lines.length > 1 ? paragraph(lines.slice(1).join("\n")) : [])];
  if (lines.every((line) => /^\s*[-*] /.test(line))) return [h("ul", {}, lines.map((line) => h("li", {}, words(line.replace(/^\s*[-*] /, "")))))];
  if (lines.every((line) => /^\s*\d+\. /.test(line))) return [h("ol", {}, lines.map((line) => h("li", {}, words(line.replace(/^\s*\d+\. /, "")))))];
  if (lines.every((line) => /^> ?/.test(line))) return [h("blockquote", {}, words(lines.map((line) => line.replace(/^> ?/, "")).join("\n")))];
  return [h("p", {}, words(text.trim()))];
}

const MARKS = /(`[^`\n]+`|\*\*[^*\n]+\*\*|~~[^~\n]+~~|\*[^*\n]+\*|_[^_\n]+_|\[[^\]\n]+\]\([^)\s]+\))/g;

function words(text) {
  return text.split(MARKS).filter(Boolean).map((piece) => {
    const linked = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(piece);
    if (linked) return link(linked[2], linked[1]);
    if (/^`.+`$/.test(piece)) return h("code", {}, piece.slice(1, -1));
    if (/^\*\*.+\*\*$/.test(piece)) return h("strong", {}, words(piece.slice(2, -2)));
    if (/^~~.+~~$/.test(piece)) return h("s", {}, words(piece.slice(2, -2)));
    if (/^(\*.+\*|_.+_)$/.test(piece)) return h("em", {}, words(piece.slice(1, -1)));
    return document.createTextNode(piece);
  });
}
