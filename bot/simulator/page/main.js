// The page: draws what the person who looks can see, each time something changes.
import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { drawModal } from "./dialogs.js";
import { h } from "./dom.js";
import { atBottom, drawMessages, drawThread, isMember } from "./messages.js";
import { drawPeople, drawSide } from "./sidebar.js";
import { directMessage, look, markRead, name, start, store, trouble } from "./store.js";

const at = (id) => document.getElementById(id);

function draw() {
  followPerson();
  if (store.channel !== "home") markRead(store.channel);
  at("workspace").replaceChildren(h("strong", {}, store.doc.team.name), h("span", {}, "simulated Slack"));
  at("connection").textContent = store.online ? "" : "Connection lost. Trying again…";
  document.title = `${heading()} · ${name(store.person)} · ${store.doc.team.name}`;
  drawPeople(at("people"));
  drawSide(at("side"));
  drawMain();
  drawThread(at("thread"));
  drawModal();
}

// Direct messages and private channels belong to one person: somebody else lands in a channel of theirs.
function followPerson() {
  const known = store.doc.channels[store.channel];
  const own = store.channel === directMessage(store.person) || store.channel === "home" || (known && !known.is_im && (isMember(store.channel) || !known.is_private));
  if (!own) look({ channel: Object.keys(store.doc.channels)[0], thread: null });
}

function drawMain() {
  const place = `${store.person}/${store.channel}/${isMember(store.channel)}`;
  const scroll = at("scroll");
  const moved = scroll.place !== place;
  if (moved) {
    scroll.place = place;
    at("messages").replaceChildren();
    at("composer").replaceChildren(...foot());
    if (store.channel === "home") act("open_home");
  }
  at("heading").replaceChildren(...headingParts());
  if (store.channel === "home") drawHome(at("messages"));
  else atBottom(scroll, () => drawMessages(at("messages"), store.channel));
  if (moved) scroll.scrollTop = scroll.scrollHeight;
}

function heading() {
  if (store.channel === "home") return "App Home";
  const channel = store.doc.channels[store.channel];
  return !channel || channel.is_im ? name(store.doc.app.user) : `# ${channel.name}`;
}

function headingParts() {
  const channel = store.doc.channels[store.channel];
  const people = channel && !channel.is_im ? channel.members.filter((user) => !store.doc.people[user]?.is_bot) : [];
  const bot = channel && !channel.members.includes(store.doc.app.user);
  return [h("h1", {}, heading()),
    people.length > 0 && h("span", { class: "about" }, people.map(name).join(", ")),
    bot && h("span", { class: "about warn" }, `${name(store.doc.app.user)} is not in this channel`)].filter(Boolean);
}

function foot() {
  if (store.channel === "home") return [];
  const dm = store.channel === directMessage(store.person);
  if (!dm && !isMember(store.channel)) {
    return [h("div", { class: "join" }, h("span", {}, `You are looking at ${heading()}`),
      h("button", { type: "button", class: "btn primary", onclick: () => act("join", { channel: store.channel }) }, "Join channel"))];
  }
  return [composer({ channel: store.channel, words: `Message ${heading().replace("# ", "#")}` })];
}

function drawHome(container) {
  const view = store.doc.homes[store.person];
  const signature = JSON.stringify([store.person, view, view && trouble(view.id)]);
  if (container.firstChild?.signature === signature) return;
  const surface = view && { place: view.id, on: { view: "home" }, values: view.state.values };
  const node = view
    ? h("div", { class: "home blocks", data: { viewId: view.id } }, trouble(view.id) && h("div", { class: "trouble", role: "alert" }, "⚠ Not delivered: the app did not answer in time. Press again."), blocks(view.blocks, surface))
    : h("p", { class: "empty" }, `${name(store.doc.app.user)} has not published a Home tab for ${name(store.person)} yet.`);
  node.signature = signature;
  container.replaceChildren(node);
}

// Esc closes the thread when nothing else is open.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && store.thread && !document.querySelector("dialog") && !event.target.closest?.(".composer")) look({ thread: null });
});

// What cannot be done, such as pressing a button that has just gone, is said and not swallowed.
window.addEventListener("unhandledrejection", (event) => {
  at("note").textContent = event.reason.message;
  at("note").hidden = false;
  setTimeout(() => { at("note").hidden = true; }, 6000);
});

start(draw);
