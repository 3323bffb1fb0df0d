// The emoji that apps use most; others stay as their :name:.

const KNOWN = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫",
  warning: "⚠️", rotating_light: "🚨", bell: "🔔", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️",
  alarm_clock: "⏰", clock1: "🕐", eyes: "👀", tada: "🎉", rocket: "🚀", robot_face: "🤖", memo: "📝", pencil: "📝",
  pencil2: "✏️", mag: "🔍", lock: "🔒", unlock: "🔓", key: "🔑", link: "🔗", arrow_right: "➡️", arrow_left: "⬅️",
  arrows_counterclockwise: "🔄", repeat: "🔁", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", wave: "👋",
  fire: "🔥", bulb: "💡", moneybag: "💰", money_with_wings: "💸", credit_card: "💳", email: "📧", envelope: "✉️",
  clipboard: "📋", page_facing_up: "📄", file_folder: "📁", bar_chart: "📊", chart_with_upwards_trend: "📈",
  speech_balloon: "💬", question: "❓", exclamation: "❗", information_source: "ℹ️", red_circle: "🔴", large_green_circle: "🟢",
  large_yellow_circle: "🟡", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", star: "⭐", sparkles: "✨",
  gear: "⚙️", wrench: "🔧", hammer: "🔨", package: "📦", shield: "🛡️", busts_in_silhouette: "👥", bust_in_silhouette: "👤",
  raised_hand: "✋", hand: "✋", ok_hand: "👌", pray: "🙏", slightly_smiling_face: "🙂", smile: "😄", thinking_face: "🤔",
  zap: "⚡", calendar: "📆", date: "📅", pushpin: "📌", paperclip: "📎", wastebasket: "🗑️", no_bell: "🔕", scroll: "📜",
};

export const emoji = (name) => KNOWN[name] ?? `:${name}:`;
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => KNOWN[name] ?? whole);
