"""All numbers of the twin, each with where it comes from. Nothing elsewhere in the model is a tuned number.

Marks: [spec] the gateway's specification; [fit] fitted to it: `calibration/timeline.py` and docs/twin.md;
[measured] a run of the real LiteLLM; [template] our own stacks; [AWS] documentation of AWS; [public] from
what others publish; [assumed] nobody says, and a sane value is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

from local.twin.quota import Quota

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ModelParameters:
    """One model behind Bedrock, as a caller in its region sees it."""

    name: str
    first_token_seconds: float  # the median
    first_token_spread: float  # standard deviation of the logarithm
    output_tokens_per_second: float  # of one stream
    output_burndown: float  # tokens of quota that one output token uses
    quota: Quota


MODELS = (
    # [public] Speeds: Haiku 4.5 97 and 112 tokens/s (lmspeed.net/compare, haiku-4-5 against sonnet-4-6 and
    # sonnet-4), first answer token 0.90 s there, 0.2 to 0.6 s by skillui.com (clade-performance-tuning);
    # Sonnet 4.5 63 tokens/s and 1.80 s (Artificial Analysis, as told by lattice.uptownhr.com, speed analysis
    # of claude-opus-4-5, which has Opus 4.1 at 45 tokens/s and 2.67 s and expects Opus 4.5 at 45 to 50, 2.5).
    # [assumed] Spread: the specification takes a p99 above 5 s for a fault, so the slowest model's must lie
    # below while all is well. skillui.com (as above) has a p95 of 3 times the p50, a spread of 0.67: with
    # that the critical alarm, 10 s, would never be silent.
    # [AWS] Burn-down 5 from Claude 4 on: Bedrock User Guide, "How tokens are counted".
    # [public] 10 000 requests a minute for Haiku 4.5 and Sonnet 4.5 in us-east-1, as accounts that publish
    # their notes read it from Service Quotas. Tokens a minute differ by account, 0.2 to 6 million published:
    # [assumed] 5 million; for Opus, of which nobody tells, [assumed] 1000 requests and 2 million.
    ModelParameters("haiku", 0.60, 0.25, 105.0, 5.0, Quota(10_000, 5_000_000)),
    ModelParameters("sonnet", 1.80, 0.25, 63.0, 5.0, Quota(10_000, 5_000_000)),
    ModelParameters("opus", 2.50, 0.25, 47.0, 5.0, Quota(1_000, 2_000_000)),
)


@dataclass(frozen=True)
class UserParameters:
    """What a user does when the gateway lets them."""

    # [fit] With what a request costs LiteLLM (below) the timeline's slope asks for 0.59 requests a second of
    # each user. [spec] 50 users ask 25 to 50 times a second and wait 0.5 to 2 s: such a user hardly pauses.
    think_seconds: float = 0.1
    # [assumed] the small model does most of the work
    model_shares: Mapping[str, float] = field(
        default_factory=lambda: {"haiku": 0.70, "sonnet": 0.25, "opus": 0.05}
    )
    # [public] between the two language models of ServeGen's trace: 120 and 914 tokens in, 15 and 155 out.
    # Longer answers would not fit the 0.5 to 2 s of the specification.
    input_tokens: float = 400.0
    output_tokens: float = 40.0
    # [public] standard deviation of the logarithm of tokens in, in Azure's trace of 2023 (code). That of
    # tokens out is 1.36 there, but of completed code, often one word: [assumed] the same for both.
    tokens_spread: float = 0.85
    # [assumed] a user who got an error tries again after so long
    pause_after_failure_seconds: int = 5


@dataclass(frozen=True)
class TaskParameters:
    """One LiteLLM task on Fargate. [measured] is `calibration/litellm_load.json` unless it says otherwise."""

    workers_per_vcpu: int = 1  # [template] litellm.yaml, NUM_WORKERS
    # [fit] Measured are 0.3 %, without a database, metrics scraped, traces sent and health checks answered.
    idle_cpu_share: float = 0.074
    # [measured] A plain request, its answer in one piece, took 0.032 to 0.040 s in several runs; an event of
    # a stream, of 5 tokens, 1.6 to 1.8 ms. The upper end for the request: the runs had no database, and so
    # looked up no keys and kept no spend.
    cpu_seconds_per_request: float = 0.040
    cpu_seconds_per_output_token: float = 0.00033
    # [assumed] an attempt that Bedrock throttles costs a quarter of a plain request: no answer to work on
    cpu_seconds_per_retry: float = 0.010
    memory_idle_mb: float = 380.0  # [measured] the supervisor of the workers
    memory_per_worker_mb: float = 390.0  # [measured]
    # [spec] 10 to 50 MB for each request in flight. [measured] 1 to 2: so the least that [spec] allows.
    memory_per_request_mb: float = 10.0
    # [measured] LiteLLM 1.103 with openai's and its own constants: 2 retries, 0.5 s doubled, and up to 0.75 s
    retries: int = 2
    first_backoff_seconds: float = 0.5
    backoff_jitter_seconds: float = 0.75
    # The gateway's own hook (gateway/config/litellm/admission.py); off for what was measured without it.
    admission: bool = True
    # [assumed] of the time that a request waits for a core, what one turn of the event loop takes
    event_loop_share_of_wait: float = 0.2


@dataclass(frozen=True)
class ServiceParameters:
    """The other services: what they use at rest and for each request a second that passes the gateway."""

    cpu_percent: float
    memory_percent: float
    cpu_percent_per_request: float = 0.0


SERVICES: Mapping[str, ServiceParameters] = {
    # [assumed] Langfuse takes in one trace per request, VictoriaMetrics and Grafana hardly notice them.
    "grafana": ServiceParameters(3.0, 22.0, 0.01),
    "langfuse": ServiceParameters(4.0, 35.0, 0.30),
    "victoria-metrics": ServiceParameters(5.0, 28.0, 0.02),
}


@dataclass(frozen=True)
class DatabaseParameters:
    """PostgreSQL behind LiteLLM, Langfuse and Grafana."""

    pool_per_worker: int = 10  # [template] config.yaml, database_connection_pool_limit
    # [assumed] Langfuse's Prisma opens 2 x cores + 1 in each of its tasks, Grafana a handful
    connections_per_other_task: int = 5
    cpu_percent_idle: float = 4.0  # [assumed]
    cpu_percent_per_request: float = (
        0.15  # [assumed] for each request a second: a trace and its spend, in batches
    )
    write_operations_per_request: float = 4.0  # [assumed]
    read_operations_per_request: float = 0.5  # [assumed] what the cache does not hold
    idle_operations: float = 6.0  # [assumed] checkpoints and the like
    storage_bytes: float = 100 * 2**30  # [spec] 100 GB
    stored_bytes_per_request: float = 6000.0  # [assumed] a prompt of 600 tokens, its answer and two rows
    memory_bytes: float = 16 * 2**30  # [spec] db.r6g.large
    memory_used_share: float = (
        0.45  # [AWS] shared_buffers is a quarter by default; the rest is PostgreSQL itself
    )
    memory_per_connection_bytes: float = 10 * 2**20  # [public] a backend takes 5 to 10 MB


@dataclass(frozen=True)
class WireParameters:
    """What moves and is kept: nothing here slows anything down, it is only paid for. All [assumed]."""

    request_bytes: float = 1_500.0  # headers and JSON around a prompt
    answer_bytes: float = 1_000.0
    bytes_per_token: float = 4.0
    bytes_per_streamed_token: float = 60.0  # an event of a stream, 300 bytes, has 5 tokens
    requests_per_connection: float = 20.0  # CloudFront keeps its connections to the balancer open
    share_between_zones: float = 0.67  # a target is in the balancer's own zone one time in three
    # What the estimate assumes a month of one VictoriaMetrics: 50 GB, 20 read and 60 written.
    metrics_stored_bytes: float = 50 * 2.0**30
    metrics_read_bytes: float = 20 * 2.0**30 / (730 * 60)  # a minute
    metrics_written_bytes: float = 60 * 2.0**30 / (730 * 60)
    logged_bytes: float = 2_000.0  # by a task, a minute
    logged_bytes_per_request: float = 400.0


@dataclass(frozen=True)
class Usual:
    """A usual request: the CPU time it costs, and its mean wait for the first token."""

    work_seconds: float
    first_token_seconds: float


@dataclass(frozen=True)
class Parameters:
    """Everything. Change one with `dataclasses.replace`."""

    models: tuple[ModelParameters, ...] = MODELS
    users: UserParameters = field(default_factory=UserParameters)
    task: TaskParameters = field(default_factory=TaskParameters)
    services: Mapping[str, ServiceParameters] = field(default_factory=lambda: SERVICES)
    database: DatabaseParameters = field(default_factory=DatabaseParameters)
    wire: WireParameters = field(default_factory=WireParameters)
    # [AWS] Bedrock takes max_tokens off the quota when a request starts and settles when it ends. How many
    # callers ask for is [assumed].
    max_output_tokens: int = 1024
    # [template] edge.yaml: CloudFront waits so long for the first byte, then its caller has a 504
    caller_patience_seconds: float = 120.0
    balanced_service: str = "litellm"
    # Requests of one second travel in so many batches: those of one have their length and task in common.
    batches_per_second: int = 8

    @property
    def usual(self) -> Usual:
        """What follows from the rest for a usual request."""
        task, users = self.task, self.users
        first = sum(
            users.model_shares.get(model.name, 0.0)
            * model.first_token_seconds
            * exp(model.first_token_spread**2 / 2.0)
            for model in self.models
        )
        work = task.cpu_seconds_per_request + task.cpu_seconds_per_output_token * users.output_tokens
        return Usual(work, first / sum(users.model_shares.values()))


PARAMETERS = Parameters()
