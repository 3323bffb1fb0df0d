// The list of messages, and the thread beside it.
import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { clock, dayName, dayOf, whole } from "./dates.js";
import { h, reconcile } from "./dom.js";
import { look, me, messagesOf, name, store, trouble } from "./store.js";
import { mrkdwn } from "./text.js";
import { avatar } from "./sidebar.js";

const GROUPED = 300; // seconds in which messages of one person share a heading

export function drawMessages(container, channel, thread = null) {
  const found = messagesOf(channel, thread);
  const items = found.flatMap((message, place) => {
    const before = found[place - 1];
    const fresh = !before || dayOf(before.ts) !== dayOf(message.ts);
    const afterParent = thread && place === 1;
    const row = { key: message.ts, message, follows: !fresh && !afterParent && follows(before, message), inThread: Boolean(thread) };
    row.signature = JSON.stringify([message, row.follows, trouble(`${channel}/${message.ts}`), store.person, names()]);
    const words = afterParent ? counted(found.length - 1) : fresh && !thread && dayName(message.ts);
    return words ? [{ key: `line-${message.ts}`, line: words, signature: words }, row] : [row];
  });
  reconcile(container, items, (item) => (item.line ? divider(item.line) : row(item, channel)));
  if (!items.length) container.append(h("p", { class: "empty", data: { key: "empty" } }, "No messages yet."));
}

// Names appear inside messages, so a new name redraws them.
const names = () => Object.values(store.doc.people).map((person) => person.real_name).join();

const follows = (before, message) => before.user === message.user && message.ts - before.ts < GROUPED && !before.is_ephemeral === !message.is_ephemeral && !message.subtype;

const divider = (words) => h("div", { class: "day", role: "separator" }, h("span", {}, words));
const counted = (replies) => `${replies} ${replies === 1 ? "reply" : "replies"}`;

function row({ message, follows: quiet, inThread }, channel) {
  const place = `${channel}/${message.ts}`;
  const surface = { place: `${store.person}/${place}`, on: { channel, ts: message.ts }, values: {} };
  const isApp = Boolean(message.bot_id) || message.user === "USLACKBOT";
  return h("article", { class: `message${quiet ? " quiet" : ""}${message.is_ephemeral ? " note" : ""}`, data: { ts: message.ts, channel, user: message.user, ephemeral: message.is_ephemeral ? "true" : undefined } },
    h("div", { class: "gutter" }, quiet ? h("time", { title: whole(message.ts) }, clock(message.ts)) : avatar(message.user)),
    h("div", { class: "said" },
      message.is_ephemeral && h("div", { class: "only-you" }, "👁 Only visible to you"),
      message.subtype === "thread_broadcast" && h("div", { class: "only-you" }, "replied to a thread"),
      !quiet && h("div", { class: "who" }, h("span", { class: "name" }, name(message.user)), isApp && h("span", { class: "badge" }, "APP"),
        h("time", { title: whole(message.ts) }, clock(message.ts))),
      content(message, surface),
      message.edited && h("span", { class: "edited" }, "(edited)"),
      trouble(place) && h("div", { class: "trouble", role: "alert" }, "⚠ Not delivered: the app did not answer in time. Press again."),
      !inThread && message.reply_count && replies(message)),
    !message.is_ephemeral && tools(message, channel, inThread));
}

function content(message, surface) {
  if (message.subtype === "tombstone") return h("div", { class: "words gone" }, message.text);
  if (message.blocks?.length) return h("div", { class: "blocks" }, blocks(message.blocks, surface));
  return h("div", { class: "words" }, mrkdwn(message.text));
}

function replies(message) {
  return h("button", { type: "button", class: "replies", onclick: () => look({ thread: message.ts }) },
    (message.reply_users ?? []).slice(0, 3).map((user) => avatar(user, "small")), h("strong", {}, counted(message.reply_count)),
    h("span", {}, `Last reply ${clock(message.latest_reply)}`));
}

function tools(message, channel, inThread) {
  const own = message.user === store.person;
  const tool = (label, sign, onclick) => h("button", { type: "button", title: label, "aria-label": label, onclick }, sign);
  return h("div", { class: "tools" },
    !inThread && tool("Reply in thread", "💬", () => look({ thread: message.thread_ts ?? message.ts })),
    own && tool("Edit message", "✎", () => edit(message, channel)),
    own && tool("Delete message", "🗑", () => act("delete", { channel, ts: message.ts })));
}

function edit(message, channel) {
  const old = document.querySelector(`.message[data-ts="${message.ts}"] .words, .message[data-ts="${message.ts}"] .blocks`);
  const field = h("input", { class: "edit", "aria-label": "Edit message", value: old.innerText, onkeydown: async (event) => {
    if (event.key === "Escape") field.replaceWith(old);
    if (event.key === "Enter") await act("edit", { channel, ts: message.ts, text: field.value });
  } });
  old.replaceWith(field);
  field.focus();
}

export function drawThread(aside) {
  const { channel, thread } = store;
  aside.hidden = !thread;
  document.body.classList.toggle("with-thread", Boolean(thread));
  if (!thread) { aside.replaceChildren(); aside.place = null; return; }
  const place = `${store.person}/${channel}/${thread}`;
  if (aside.place !== place) {
    const about = store.doc.channels[channel]?.is_im ? "Direct message" : `# ${store.doc.channels[channel]?.name ?? ""}`;
    aside.replaceChildren(
      h("div", { class: "heading" }, h("h1", {}, "Thread"), h("span", { class: "about" }, about),
        h("button", { type: "button", class: "plain close", "aria-label": "Close thread", onclick: () => look({ thread: null }) }, "×")),
      h("div", { class: "scroll" }, h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": "Thread messages" })),
      composer({ channel, thread, words: "Reply…" }));
    aside.place = place;
  }
  const scroll = aside.querySelector(".scroll");
  atBottom(scroll, () => drawMessages(aside.querySelector(".messages"), channel, thread));
}

// New messages scroll into view for somebody who is reading the newest, or has just written one.
export function atBottom(scroll, draw) {
  const before = scroll.scrollHeight;
  const near = before - scroll.scrollTop - scroll.clientHeight < 80;
  draw();
  if (near || scroll.dataset.follow) scroll.scrollTop = scroll.scrollHeight;
  if (scroll.scrollHeight !== before) delete scroll.dataset.follow;
}

export const isMember = (channel) => store.doc.channels[channel]?.members.includes(me().id);
