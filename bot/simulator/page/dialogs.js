// Modals and confirmation dialogs.
import { act } from "./api.js";
import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { drafts, store, trouble } from "./store.js";
import { textObject } from "./text.js";

const room = () => document.getElementById("dialogs");

// Draw the modal on top of this person's stack, or none. The dialog stays while its view stays.
export function drawModal() {
  const stack = store.doc.modals[store.person] ?? [];
  const view = stack.at(-1);
  const shown = room().querySelector("dialog.modal");
  const signature = view && JSON.stringify([store.person, stack.length, view, trouble(view.id)]);
  if (shown?.signature === signature) return;
  const focused = shown?.contains(document.activeElement) ? document.activeElement.id : null;
  shown?.remove();
  if (!view) return;
  const dialog = modal(view, stack.length);
  dialog.signature = signature;
  room().append(dialog);
  dialog.showModal();
  const first = dialog.querySelector(".content :is(input, textarea, select, button)");
  (document.getElementById(focused) ?? first)?.focus();
}

function modal(view, depth) {
  const surface = { place: view.id, on: { view: "modal" }, values: view.state.values, errors: view.errors, inModal: true };
  const leave = (everything) => act("close", { everything });
  const submit = (event) => { event.preventDefault(); send(event.target, view); };
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title", data: { viewId: view.id, callbackId: view.callback_id }, oncancel: (event) => { event.preventDefault(); leave(false); } },
    h("form", { onsubmit: submit, novalidate: true },
      h("header", {}, depth > 1 && h("button", { type: "button", class: "plain", "aria-label": "Back", onclick: () => leave(false) }, "‹"),
        h("h1", { id: "modal-title" }, textObject(view.title)),
        h("button", { type: "button", class: "plain close", "aria-label": "Close", onclick: () => leave(true) }, "×")),
      trouble(view.id) && h("div", { class: "trouble", role: "alert" }, trouble(view.id)),
      h("div", { class: "content" }, blocks(view.blocks, surface)),
      h("footer", {},
        h("button", { type: "button", class: "btn", onclick: () => leave(false) }, textObject(view.close) ?? "Cancel"),
        view.submit && h("button", { type: "submit", class: "btn primary" }, textObject(view.submit)))));
  return dialog;
}

async function send(form, view) {
  const pressed = form.querySelector("[type=submit]");
  if (!pressed || pressed.getAttribute("aria-busy")) return;
  pressed.setAttribute("aria-busy", "true");
  try {
    await act("submit", { values: drafts(view.id) });
  } finally {
    pressed.removeAttribute("aria-busy");
  }
}

// Ask as Slack does before a button with `confirm` is pressed; true without one.
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (answer) => () => { dialog.remove(); resolve(answer); };
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": "confirm-title", oncancel: done(false) },
      h("h1", { id: "confirm-title" }, textObject(confirm.title)),
      h("p", {}, textObject(confirm.text)),
      h("footer", {},
        h("button", { type: "button", class: "btn", data: { confirm: "deny" }, onclick: done(false) }, textObject(confirm.deny)),
        h("button", { type: "button", class: `btn ${confirm.style ?? "primary"}`, data: { confirm: "confirm" }, onclick: done(true) }, textObject(confirm.confirm))));
    room().append(dialog);
    dialog.showModal();
    dialog.querySelector("[data-confirm=confirm]").focus();
  });
}
