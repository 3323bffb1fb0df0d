"""What can be measured and what is logged: every metric and every log event, once, with its sentence."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

# --- people and decisions -------------------------------------------------------------------------

VOTES = Counter(
    "approvals_votes",
    "Gestures of people, by verdict and by what came of them.",
    ("verdict", "outcome"),
    registry=REGISTRY,
)
REFUSALS = Counter(
    "approvals_refusals", "Gestures that were refused, by reason.", ("reason",), registry=REGISTRY
)
DECISIONS = Counter(
    "approvals_decisions", "Approvals that were decided, by verdict.", ("verdict",), registry=REGISTRY
)
TIME_TO_DECISION = Histogram(
    "approvals_time_to_decision_seconds",
    "How long a question waited for its decision.",
    buckets=(5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 7 * 24 * 3600),
    registry=REGISTRY,
)
PENDING = Gauge(
    "approvals_pending",
    "Approvals that wait for people; NaN if unknown.",
    registry=REGISTRY,
    multiprocess_mode="mostrecent",
)

# --- graphs ---------------------------------------------------------------------------------------

RESUMES = Counter(
    "approvals_resumes",
    "Answers given to graphs, by how that ended (applied, failed, superseded).",
    ("outcome",),
    registry=REGISTRY,
)
FINDINGS = Counter(
    "approvals_reconciler_findings",
    "Half-done work found by the reconciler, by kind; it grows after a crash or an outage.",
    ("kind",),
    registry=REGISTRY,
)

# --- Slack ----------------------------------------------------------------------------------------

CLICK_ACK = Histogram(
    "approvals_click_ack_seconds",
    "From the last byte of a click to our answer; Slack gives up after three seconds.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
    registry=REGISTRY,
)
SLACK_CALLS = Counter(
    "approvals_slack_calls",
    "Calls to Slack's Web API, by method and result (ok, or Slack's error).",
    ("method", "result"),
    registry=REGISTRY,
)
SLACK_LIMITED = Counter(
    "approvals_slack_rate_limited", "Calls that Slack answered with 429.", ("method",), registry=REGISTRY
)

# --- queue and HTTP -------------------------------------------------------------------------------

TASKS = Counter(
    "approvals_queue_tasks", "Tasks that ran, by name and outcome.", ("task", "outcome"), registry=REGISTRY
)
QUEUE_LAG = Histogram(
    "approvals_queue_lag_seconds",
    "From the moment a task was due to the moment it began.",
    ("task",),
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
    registry=REGISTRY,
)
HTTP_REQUESTS = Counter(
    "approvals_http_requests",
    "HTTP requests, by method, route and status.",
    ("method", "route", "status"),
    registry=REGISTRY,
)

# --- log events -----------------------------------------------------------------------------------

# A log line is one of these phrases plus fields, never a payload. The code that logs writes the phrase
# itself, so that a search for what an operator saw finds its line; a test compares both.
EVENTS: dict[str, str] = {
    "REDIS_URL is not set: the embedded Redis is used": "Good for one machine; `folder` holds its data.",
    "embedded Redis is running already": "Another process of ours started it; it is used together.",
    "Slack asks us to wait before the start": "Slack limits auth.test; the start goes on after `seconds`.",
    "ready": "The process answers and works; `slack` says how Slack reaches it.",
    "web processes started": "`serve` with `processes` of them on `port`; each says when it is ready.",
    "worker is ready": "A worker without a web side of its own takes tasks.",
    "stopped": "The process ended in order: what was in hand is finished or handed back.",
    "approvals.toml was reloaded": "SIGHUP came and the new rules are in force.",
    "approvals.toml was not reloaded; the old rules stay": "The file is bad; `reason` says where.",
    "Redis could be safer": "A warning of the connection check at the start; `approvals doctor` repeats it.",
    "request failed": "A request ended in an error nobody planned; `reference` is what the caller saw.",
    "record unavailable": "Redis did not take a gesture; the person was asked to press again.",
    "request of no interest": "Slack sent a kind of event that nothing here waits for.",
    "unknown button": "Somebody pressed a button of a card that this release does not draw.",
    "request refused": "The front door turned away what does not come from Slack, or is malformed.",
    "gesture refused": "A click or reply from another app, another workspace, or no person.",
    "refusal is not in the audit trail": "The record was away; the gesture stays refused.",
    "private list was not replaced": "The list one person looks at stays as it was.",
    "run failed": "A run cannot go on; `reference` is what the card or the result tells people.",
    "graph raised": "A graph's own code failed; the run is tried again, or waits for an operator.",
    "graph's own checkpointer replaced": "The graph was compiled with one; ours is used instead.",
    "langgraph.json holds fields that only an Agent Server uses": "They have no effect here.",
    "Agent Server answers": "It was just connected, or is back; `langgraph` is its version.",
    "Agent Server cannot be used": "Its graphs stand still until it can; `reason` says what is wrong.",
    "thread adopted": "A thread that was started elsewhere on an Agent Server asks; its card follows.",
    "thread lease lost": "A worker was too slow to renew its hold on a run; another one takes over.",
    "card cannot be posted": "The bot may not write to the channel: invite it there.",
    "card was refused by Slack": "Slack refused the card itself; sending it again would not help.",
    "reminder or escalation waits for Slack": "It is looked for, and sent again where it did not arrive.",
    "reminder or escalation cannot be posted": "The bot may not write to the channel: invite it there.",
    "reminder left to another worker": "A worker was too slow to renew its hold; another one goes on.",
    "result cannot be posted": "The channel or Slack did not take the message that tells how a run ended.",
    "private note was not delivered": "One person was not told something; the record is right all the same.",
    "daily summary cannot be posted": "The channel or Slack did not take it; the next day has one again.",
    "App Home was not published": "Slack did not take it; it is drawn again when the person opens it.",
    "reconciler found half-done work": "A crash or an outage left work behind, and it was asked for again.",
    "worker stopped with work in hand; another worker takes it over": "A stop did not wait any longer.",
}
