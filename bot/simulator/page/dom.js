// Make page elements. Text always becomes a text node: nothing an app sends is ever read as HTML.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, present(value));
    else if (name === "value") node.value = value;
    else if (name === "style") node.style.cssText = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function present(data) {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined && value !== null));
}

// Keep the nodes of what did not change, so that focus, open menus and half-typed text survive.
export function reconcile(container, items, build) {
  const known = new Map([...container.children].map((node) => [node.dataset.key, node]));
  const wanted = items.map((item) => {
    const old = known.get(item.key);
    if (old && old.signature === item.signature) return old;
    const node = build(item);
    node.dataset.key = item.key;
    node.signature = item.signature;
    if (old === document.activeElement) queueMicrotask(() => node.focus());
    return node;
  });
  const keep = new Set(wanted);
  for (const node of [...container.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, place) => {
    if (container.children[place] !== node) container.insertBefore(node, container.children[place] ?? null);
  });
}

// Only web and mail addresses become links; javascript: and the like stay words.
export function link(url, ...words) {
  if (!/^(https?:|mailto:)/i.test(url)) return h("span", {}, ...words);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...words);
}
