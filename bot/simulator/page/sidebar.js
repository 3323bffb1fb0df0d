// Who acts, and the list of places to look at.
import { h, reconcile } from "./dom.js";
import { directMessage, isUnread, look, name, store } from "./store.js";

const COLOURS = ["#1264a3", "#2b7a4b", "#b4531f", "#8a3ab9", "#a6264c", "#0b7285", "#5c5f66"];

export function avatar(user, size = "") {
  const person = store.doc.people[user];
  const words = name(user);
  const initials = words.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
  const order = Object.keys(store.doc.people).indexOf(user);
  const isApp = person?.is_bot || user === "USLACKBOT";
  const colour = isApp ? "#4a154b" : COLOURS[Math.max(order, 0) % COLOURS.length];
  return h("span", { class: `avatar ${size} ${isApp ? "app" : ""}`, style: `background: ${colour}`, "aria-hidden": "true" }, isApp ? "✓" : initials);
}

export function drawPeople(container) {
  const people = Object.values(store.doc.people).filter((person) => !person.is_bot);
  const label = { key: "label", signature: "", build: () => h("span", { class: "acting" }, "Acting as") };
  drawParts(container, [label, ...people.map(personPart)]);
}

export function drawSide(container) {
  const channels = Object.values(store.doc.channels).filter((channel) => !channel.is_im);
  const mine = channels.filter((channel) => channel.members.includes(store.person));
  const others = channels.filter((channel) => !channel.is_private && !channel.members.includes(store.person));
  const app = store.doc.app.user;
  drawParts(container, [
    title("Channels"),
    ...mine.map((channel) => place(channel.id, () => (channel.is_private ? "🔒" : "#"), channel.name)),
    ...others.map((channel) => place(channel.id, () => "#", channel.name, "other")),
    title("Direct messages"),
    place(directMessage(store.person), () => avatar(app, "tiny"), name(app)),
    title("Apps"),
    place("home", () => avatar(app, "tiny"), "App Home"),
  ]);
}

const drawParts = (container, parts) => reconcile(container, parts, (part) => part.build());

const title = (words) => ({ key: words, signature: "", build: () => h("h2", {}, words) });

function personPart(person) {
  const acting = person.id === store.person;
  const about = `${person.real_name}${person.deleted ? " (deactivated)" : ""}`;
  return {
    key: person.id,
    signature: `${about}/${acting}`,
    build: () => h("button", {
      type: "button", class: "person", "aria-pressed": String(acting), data: { person: person.id }, title: about,
      onclick: () => look({ person: person.id, thread: null }),
    }, avatar(person.id, "small"), person.real_name),
  };
}

function place(id, sign, words, kind = "") {
  const current = store.channel === id;
  const unread = id !== "home" && !current && isUnread(id);
  return {
    key: id,
    signature: [words, kind, current, unread].join("/"),
    build: () => h("button", {
      type: "button", class: `entry ${kind} ${unread ? "unread" : ""}`, "aria-current": current ? "page" : undefined,
      data: { channelId: id }, onclick: () => look({ channel: id, thread: null }),
    }, h("span", { class: "sign", "aria-hidden": "true" }, sign()), h("span", { class: "words" }, words),
    unread && h("span", { class: "dot", role: "img", "aria-label": "unread messages" })),
  };
}
