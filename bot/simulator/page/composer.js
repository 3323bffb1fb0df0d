// The field at the bottom: messages, replies and slash commands.
import { act } from "./api.js";
import { h } from "./dom.js";
import { store } from "./store.js";

export function composer({ channel, thread = null, words }) {
  const list = h("div", { class: "suggestions", role: "listbox", "aria-label": "Slash commands", hidden: true });
  const field = h("textarea", { rows: 1, "aria-label": words, placeholder: words, autocomplete: "off", data: { composer: thread ? "thread" : "channel" } });
  const failed = h("div", { class: "trouble", role: "alert", hidden: true });
  const send = async () => {
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    suggest();
    failed.hidden = true;
    const scroll = field.closest("main, aside").querySelector(".scroll");
    scroll.dataset.follow = "yes";
    try {
      await deliver(text, channel, thread);
    } catch (error) {
      failed.textContent = error.message;
      failed.hidden = false;
      field.value = text;
    }
  };
  const suggest = () => {
    const found = thread ? [] : store.doc.commands.filter((command) => field.value && command.startsWith(field.value) && command !== field.value);
    list.hidden = !found.length;
    list.replaceChildren(...found.map((command) => h("button", { type: "button", role: "option", onclick: () => take(command) },
      h("strong", {}, command), h("span", {}, "Enter or Tab to complete"))));
  };
  const take = (command) => { field.value = `${command} `; suggest(); field.focus(); };
  field.addEventListener("input", () => { suggest(); grow(field); });
  field.addEventListener("keydown", (event) => {
    const offered = list.hidden ? null : list.querySelector("strong")?.textContent;
    if (event.key === "Escape") list.hidden = true;
    if (offered && (event.key === "Tab" || event.key === "Enter")) { event.preventDefault(); take(offered); return; }
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); }
  });
  return h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); send(); } }, failed, list,
    h("div", { class: "field" }, field, h("button", { type: "submit", class: "send", "aria-label": "Send" }, "➤")));
}

function deliver(text, channel, thread) {
  const command = /^(\/[a-z][\w-]*)\s*([\s\S]*)$/.exec(text);
  if (!command) return act("say", { channel, text, thread_ts: thread });
  // Slack refuses developers' slash commands inside threads.
  if (thread) throw new Error(`${command[1]} is not supported in threads. Sorry!`);
  return act("command", { channel, command: command[1], text: command[2] });
}

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
}
