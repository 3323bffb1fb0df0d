"""What can be measured and what is logged: every metric and every log event, once, with its sentence.

Names and units as https://prometheus.io/docs/practices/naming/ says. A label is a word of ours, the name of a
graph or Slack's own word: never a person, a thread, an approval or a text, of which there is no end.
"""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

# Seconds: people answer within minutes, hours or after a weekend. In less than 15 nobody has read much.
OF_PEOPLE = (15, 60, 300, 900, 3600, *(3600 * hours for hours in (4, 8, 24, 48, 72, 168, 336)))


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table in docs/operations.md, which a test compares with this."""

    name: str  # as it is scraped
    kind: str
    labels: tuple[str, ...]
    sentence: str


METRICS: list[Metric] = []


def _counter(name: str, sentence: str, *labels: str) -> Counter:
    METRICS.append(Metric(name, "counter", labels, sentence))
    return Counter(name, sentence, labels, registry=REGISTRY)


def _of_record(name: str, sentence: str, *labels: str) -> Metric:
    """A gauge that no process keeps: it is counted anew for each answer (`bot/web/record.py`)."""
    METRICS.append(Metric(name, "gauge", labels, sentence))
    return METRICS[-1]


def _histogram(name: str, sentence: str, *labels: str, buckets: tuple[float, ...]) -> Histogram:
    METRICS.append(Metric(name, "histogram", labels, sentence))
    return Histogram(name, sentence, labels, buckets=buckets, registry=REGISTRY)


# --- people and decisions -------------------------------------------------------------------------

ASKED = _counter("approvals_asked_total", "Questions that were put on record.", "graph")
VOTES = _counter("approvals_votes_total", "Gestures of people, by what came of them.", "verdict", "outcome")
REFUSALS = _counter("approvals_refusals_total", "Gestures that were refused, by reason.", "reason")
DECISIONS = _counter(
    "approvals_decisions_total", "Approvals that people decided, by verdict.", "graph", "verdict"
)
EXPIRED = _counter(
    "approvals_expired_total",
    "Approvals that nobody decided in time, by what the deadline did (rejected, left).",
    "graph",
    "outcome",
)
TIME_TO_FIRST_VIEW = _histogram(
    "approvals_time_to_first_view_seconds",
    "From the question to the first person who opened it whole, or voted without doing so.",
    "graph",
    buckets=OF_PEOPLE,
)
TIME_TO_DECISION = _histogram(
    "approvals_time_to_decision_seconds",
    "From the question to the decision of people.",
    "graph",
    buckets=OF_PEOPLE,
)

# --- what the record holds: the same in every process, so ask for the max of them, not for the sum ----

PENDING = _of_record(
    "approvals_pending", "Approvals that wait for people, by how long they do.", "graph", "age"
)
IN_WORK = _of_record(
    "approvals_in_work",
    "Approvals whose decision the graph has not taken (decided, failed).",
    "graph",
    "state",
)
OLDEST_IN_WORK = _of_record(
    "approvals_oldest_in_work_seconds",
    "For how long nothing happened to the decision that waits longest to be taken; 0: none waits.",
)
REDIS_UP = _of_record(
    "approvals_redis_up", "1: the record was read for this answer; 0: Redis cannot be asked, the rest is old."
)

# --- graphs ---------------------------------------------------------------------------------------

RESUMES = _counter(
    "approvals_resumes_total",
    "Answers given to graphs, by how that ended (applied, failed, superseded).",
    "graph",
    "outcome",
)
FINDINGS = _counter(
    "approvals_reconciler_findings_total",
    "Half-done work found by the reconciler, by kind; it grows after a crash or an outage.",
    "kind",
)

# --- Slack ----------------------------------------------------------------------------------------

CLICK_ACK = _histogram(
    "approvals_click_ack_seconds",
    "From the last byte of a click to our answer; Slack gives up after three seconds.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)
SLACK_CALLS = _counter(
    "approvals_slack_calls_total", "Calls to Slack's Web API (ok, or Slack's error).", "method", "result"
)
SLACK_LIMITED = _counter(
    "approvals_slack_rate_limited_total", "Calls that Slack answered with 429.", "method"
)

# --- queue and HTTP -------------------------------------------------------------------------------

TASKS = _counter("approvals_queue_tasks_total", "Tasks that ran (done, failed).", "task", "outcome")
QUEUE_LAG = _histogram(
    "approvals_queue_lag_seconds",
    "From the moment a task was due to the moment it began.",
    "task",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
)
HTTP_REQUESTS = _counter("approvals_http_requests_total", "HTTP requests.", "method", "route", "status")


def metrics_table() -> str:
    """The metrics as the Markdown table of docs/operations.md."""
    rows = [("metric", "kind", "labels", "says"), ("---", "---", "---", "---")]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "-"
        rows.append((f"`{metric.name}`", metric.kind, labels, metric.sentence))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


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
