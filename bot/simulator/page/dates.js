// Dates and times as Slack writes them, in the time zone of the person who looks.
import { me } from "./store.js";

function formatter(options) {
  return new Intl.DateTimeFormat("en-US", { timeZone: me()?.tz, hourCycle: "h23", ...options });
}

const numbers = (when, options) => Object.fromEntries(formatter(options).formatToParts(when).map((p) => [p.type, p.value]));
const day = (when) => { const p = numbers(when, { year: "numeric", month: "2-digit", day: "2-digit" }); return `${p.year}-${p.month}-${p.day}`; };
const time = (when) => formatter({ hour: "2-digit", minute: "2-digit" }).format(when);

const DATE = {
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
};

// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
export function slackDate(seconds, pattern) {
  const when = new Date(seconds * 1000);
  return pattern.replace(/\{(\w+)\}/g, (whole, word) => {
    if (word === "date_num") return day(when);
    if (word === "time") return time(when);
    if (word === "time_secs") return formatter({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(when);
    if (word === "ago") return ago(when);
    const plain = word.replace("_pretty", "");
    if (!(plain in DATE)) return whole;
    return (word.endsWith("_pretty") && nearby(when)) || formatter(DATE[plain]).format(when);
  });
}

export const clock = (ts) => time(new Date(Number(ts) * 1000));
export const whole = (ts) => formatter({ dateStyle: "full", timeStyle: "medium" }).format(new Date(Number(ts) * 1000));
export const dayOf = (ts) => day(new Date(Number(ts) * 1000));
export const dayName = (ts) => {
  const when = new Date(Number(ts) * 1000);
  const near = nearby(when);
  return near ? near[0].toUpperCase() + near.slice(1) : formatter({ weekday: "long", month: "long", day: "numeric" }).format(when);
};

function nearby(when) {
  const away = Math.round((Date.parse(day(when)) - Date.parse(day(new Date()))) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[away];
}

function ago(when) {
  const minutes = Math.round((when - Date.now()) / 60_000);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}
