// Slack's mrkdwn and plain text as page nodes. https://docs.slack.dev/messaging/formatting-message-text
import { h, link } from "./dom.js";
import { slackDate } from "./dates.js";
import { withEmoji } from "./emoji.js";
import { store, name } from "./store.js";

export const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export function textObject(object, attributes = {}) {
  if (!object) return null;
  const nodes = object.type === "mrkdwn"
    ? mrkdwn(object.text, object.verbatim)
    : [object.emoji === false ? unescape(object.text) : withEmoji(unescape(object.text))];
  return h("span", { class: `text ${object.type}`, ...attributes }, nodes);
}

export function mrkdwn(text, verbatim = false) {
  return pieces(text, /(```[\s\S]+?```)/g, /^```[\s\S]+```$/, (fence) => h("pre", {}, tokens(withoutEdges(fence.slice(3, -3)))),
    (rest) => pieces(rest, /((?:^(?:&gt;|>).*(?:\n|$))+)/gm, /^(&gt;|>)/, quote(verbatim), (line) => inline(line, verbatim)));
}

const quote = (verbatim) => (text) => h("blockquote", {}, inline(withoutEdges(text.replace(/^(&gt;|>) ?/gm, "")), verbatim));

// Split a text into blocks (fences, quotes) and what stands between; blocks bring their own line breaks.
function pieces(text, splitter, isBlock, block, rest) {
  const parts = text.split(splitter).filter(Boolean);
  return parts.flatMap((part, place) => {
    if (isBlock.test(part)) return [block(part)];
    const trimmed = (place > 0 ? part.replace(/^\n/, "") : part);
    return rest(place < parts.length - 1 ? trimmed.replace(/\n$/, "") : trimmed);
  });
}

const withoutEdges = (text) => text.replace(/^\n|\n$/g, "");

const STYLES = [
  ["`", "code", /(^|[^\w`])`([^`\n]+)`(?![\w`])/],
  ["*", "strong", /(^|[^\w*])\*(\S|\S[^*\n]*\S)\*(?![\w*])/],
  ["_", "em", /(^|[^\w_])_(\S|\S[^_\n]*\S)_(?![\w_])/],
  ["~", "s", /(^|[^\w~])~(\S|\S[^~\n]*\S)~(?![\w~])/],
];

function inline(text, verbatim) {
  for (const [, tag, pattern] of STYLES) {
    const found = pattern.exec(text);
    if (!found) continue;
    const start = found.index + found[1].length;
    const end = found.index + found[0].length;
    const inner = tag === "code" ? tokens(found[2]) : inline(found[2], verbatim);
    return [...inline(text.slice(0, start), verbatim), h(tag, {}, inner), ...inline(text.slice(end), verbatim)];
  }
  return tokens(text, !verbatim, true);
}

function tokens(text, autolink = false, emojis = false) {
  return text.split(/(<[^<>\s][^<>\n]*>)/g).filter(Boolean).flatMap((part) => {
    if (/^<[^<>\s][^<>\n]*>$/.test(part)) return [token(part.slice(1, -1))];
    return (autolink ? part.split(/(https?:\/\/[^\s<>&]+)/g) : [part]).filter(Boolean).map((word) =>
      autolink && /^https?:\/\//.test(word) ? link(word, word) : emojis ? withEmoji(unescape(word)) : unescape(word));
  });
}

function token(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) {
    const [, seconds, pattern, url] = target.split("^");
    const words = slackDate(Number(seconds), pattern);
    return url ? link(url, words) : h("time", { title: label }, words);
  }
  if (target.startsWith("!subteam^")) return groupMention(target.slice(9), label);
  if (target.startsWith("!")) return h("span", { class: "mention everybody" }, `@${target.slice(1)}`);
  return link(unescape(target), label || unescape(target));
}

export function mention(user) {
  return h("span", { class: `mention${user === store.person ? " me" : ""}` }, `@${name(user)}`);
}

export function channelMention(id, label = "") {
  return h("span", { class: "mention" }, `#${store.doc.channels[id]?.name ?? (label || id)}`);
}

export function groupMention(id, label = "") {
  const group = store.doc.groups[id];
  const own = group?.users.includes(store.person);
  return h("span", { class: `mention${own ? " me" : ""}` }, label || `@${group?.handle ?? id}`);
}


