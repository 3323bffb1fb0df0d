// What the page knows: a mirror of the simulator's document, and who is looking at what.

export const store = {
  doc: null,
  online: false,
  person: new URLSearchParams(location.search).get("person") ?? "U0ANA",
  channel: new URLSearchParams(location.search).get("channel"),
  thread: new URLSearchParams(location.search).get("thread"),
  read: new Map(),
  drafts: new Map(),
};

let redraw = () => {};
let scheduled = false;

export function start(render) {
  redraw = render;
  connect();
}

export function changed() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => { scheduled = false; if (store.doc) redraw(); });
}

export function look(wanted) {
  Object.assign(store, wanted);
  const query = new URLSearchParams({ person: store.person, channel: store.channel });
  if (store.thread) query.set("thread", store.thread);
  history.replaceState(null, "", `?${query}`);
  changed();
}

export function drafts(place) {
  if (!store.drafts.has(place)) store.drafts.set(place, {});
  return store.drafts.get(place);
}

function connect() {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/control/feed`);
  socket.onmessage = (message) => { apply(JSON.parse(message.data)); store.online = true; changed(); };
  // The simulator was stopped: try again until it is back, the first message brings everything.
  socket.onclose = () => { store.online = false; changed(); setTimeout(connect, 1000); };
}

function apply(change) {
  if (!change.path.length) {
    store.doc = change.value;
    settle();
    return;
  }
  let here = store.doc;
  for (const key of change.path.slice(0, -1)) here = here[key] ??= {};
  const last = change.path.at(-1);
  if (change.value === null) delete here[last];
  else here[last] = change.value;
}

function settle() {
  if (!store.doc.people[store.person]) store.person = Object.keys(store.doc.people)[0] ?? store.person;
  store.channel ??= Object.keys(store.doc.channels)[0] ?? "home";
}

export const me = () => store.doc.people[store.person];
export const directMessage = (user) => `D${user.slice(1)}`;
export const name = (user) => store.doc.people[user]?.real_name ?? (user === "USLACKBOT" ? "Slackbot" : user);

// Messages of a channel, or of one thread, with the private notes for the person who looks.
export function messagesOf(channel, thread = null) {
  const known = Object.values(store.doc.messages[channel] ?? {});
  const notes = Object.values(store.doc.notes[store.person] ?? {}).filter((note) => note.channel === channel);
  const fits = thread
    ? (m) => m.thread_ts === thread || m.ts === thread
    : (m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === "thread_broadcast";
  return [...known, ...notes].filter(fits).sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

export const trouble = (place) => store.doc.troubles[store.person]?.[place];

export function markRead(channel) {
  const last = messagesOf(channel).at(-1);
  if (last) store.read.set(`${store.person}/${channel}`, last.ts);
}

export function isUnread(channel) {
  const read = store.read.get(`${store.person}/${channel}`) ?? "";
  return messagesOf(channel).some((message) => message.ts > read && message.user !== store.person);
}
