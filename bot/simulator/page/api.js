// Tell the simulator what the person does.
import { store } from "./store.js";

export async function act(action, wanted = {}) {
  const response = await fetch(`/control/people/${store.person}/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wanted),
  });
  const answer = await response.json();
  if (!answer.ok) throw new Error(answer.error);
  return answer;
}
