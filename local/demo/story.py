"""The story that the demo tells, scene by scene, and what each scene has to show."""

from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.credentials import Credentials

from cli.client import ApiClient
from local.demo.drilling import Drilling
from local.demo.environment_view import EnvironmentView, clock
from local.demo.gateway_view import GatewayView
from local.demo.operation import Operation
from local.demo.scarcity import Scarcity
from local.demo.teller import NAME, Document, StoryError, Teller, moment
from local.demo.timing import Life, critical_path, most_at_once, out_of_order
from stargate.domain.gateway.graph import PLAIN, PREPARE_DATABASE
from stargate.domain.gateway.presets import PRESETS

PATIENCE_SECONDS = 150
REQUEST = {"name": NAME, "preset": "sandbox"}
BAD_REQUEST = {
    "name": "Sand-Box",
    "preset": "production",
    "overrides": {"network": {"cidr": "8.8.0.0/16"}, "litellm": {"min_tasks": "two"}, "colour": "blue"},
}
BAD_PATHS = [
    "/name",
    "/overrides/colour",
    "/overrides/litellm/min_tasks",
    "/overrides/network/cidr",
    "/preset",
]
FAILING_STACK, FAILING_RESOURCE = "balancer", "Balancer"
REASON = "You have reached the maximum number of load balancers of this type (TooManyLoadBalancers)"


@dataclass
class Story(Teller):
    """An environment's way up and down; between them, what happens while it runs."""

    requests: list[float] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        connection = self.connection
        forged = Credentials(connection.access_key_id, "not-the-secret-of-this-key")
        self.forger = ApiClient(connection.api, connection.region, forged)
        self.stranger = ApiClient(connection.api, connection.region, None)

    def tell(self) -> None:
        self.at_the_door()
        failed = self.one_resource_fails()
        ready = self.the_same_request_resumes(failed)
        self.what_the_cloud_recorded(ready)
        view = GatewayView()
        for scenes in (Operation, Scarcity):
            scenes(self.connection, self.screen, self.report, ready, view).tell()
        Drilling(self.connection, self.screen, self.report).tell()
        self.it_goes_again(ready)

    def at_the_door(self) -> None:
        self.screen.title("1  At the door: no signature, a wrong one, and a request full of faults")
        self.same("an unsigned request is refused", self.stranger.get("/environments").status, 403)
        self.same("a wrongly signed request is refused", self.forger.get("/environments").status, 403)
        answer = self.api.post("/environments", BAD_REQUEST)
        document = answer.document or {}
        faults = document.get("faults", [])
        self.screen.say(f"HTTP {answer.status} {document.get('title', answer.text)}")
        for fault in faults:
            self.screen.say(f"  {fault['path']:<30} {fault['fault']}")
            self.screen.say(f"  {'':<30} allowed: {fault['allowed']}")
        paths = sorted(fault["path"] for fault in faults)
        self.same("one answer lists every fault", [answer.status, *paths], [400, *BAD_PATHS])
        self.same("bad input creates nothing", len(self.witness.stacks(NAME)), 0)

    def one_resource_fails(self) -> Document:
        self.screen.title(f"2  POST /environments {NAME}, in a cloud that will refuse the load balancer")
        self.witness.inject_fault(NAME, FAILING_STACK, FAILING_RESOURCE, REASON)
        self._post(key="demo-1")
        document = self._watch(lambda found: found["status"] != "PROVISIONING")
        failure = document["failure"] or {}
        self.screen.say(f"{document['status']}: {failure.get('reason')}")
        told = self.same(
            "the failure told is the resource's own",
            f"{document['status']} {failure.get('stack')}/{failure.get('resource')}: {failure.get('reason')}",
            f"FAILED {FAILING_STACK}/{FAILING_RESOURCE}: {REASON}",
        )
        if not told.ok:
            raise StoryError(f"the injected failure did not come about: {document['status']} {failure}")
        self._it_failed_early(document)
        self.witness.lift_faults()
        return document

    def the_same_request_resumes(self, failed: Document) -> Document:
        self.screen.title("3  The same POST again: it resumes, and leaves alone what stands")
        standing = {stack["name"] for stack in failed["stacks"] if stack["status"] == "STANDING"}
        before = self.witness.stacks(NAME)
        first = self._post(key="demo-2")
        again = [self.api.post("/environments", REQUEST, idempotency_key="demo-2") for _ in range(2)]
        unkeyed = self.api.post("/environments", REQUEST)
        attempts = {self.found(answer)["attempt"] for answer in [*again, unkeyed]}
        ready = self._watch(lambda found: found["status"] != "PROVISIONING")
        if ready["status"] != "READY":
            raise StoryError(f"{ready['status']} instead of READY: {ready['failure']}")
        self.same("the same request again joins the same attempt", sorted(attempts), [first["attempt"]])
        self.same(
            "each request that asked for work started one workflow",
            self.witness.executions("provision", ready["id"]),
            [f"{ready['id']}-{attempt}" for attempt in (failed["attempt"], first["attempt"])],
        )
        after = self.witness.stacks(NAME)
        kept = {name for name in standing & set(before) if before[name] == after.get(name)}
        disturbed = [name for name in kept if self._last_change(after[name]) > self.requests[-1]]
        self.same("what stood was left alone", sorted(kept - set(disturbed)), sorted(standing))
        wrong = [check["name"] for check in ready["checks"] if not check["ok"]]
        self.at_least("checks that the environment passed before READY", len(ready["checks"]), 5, " checks")
        self.same("checks of the environment that did not hold", wrong, [])
        for check in ready["checks"]:
            self.screen.say(f"  {check['name']}: {check['measured']} (asked: {check['bound']})")
        self.same("the gateway's door", ready["outputs"].get("GatewayUrl", "")[:8], "https://")
        return ready

    def what_the_cloud_recorded(self, ready: Document) -> None:
        self.screen.title("4  What the cloud recorded")
        lives = {
            name: self.witness.creation(stack_id) for name, stack_id in self.witness.stacks(NAME).items()
        }
        lives[PREPARE_DATABASE] = self.witness.preparation(NAME)
        self.same("nodes of the graph that were not made", sorted(set(PLAIN.names) - set(lives)), [])
        self.same("nodes made before what they need", out_of_order(PLAIN, lives), [])
        self.at_least("nodes in the making at the same time", most_at_once(lives.values()), 3)
        self._our_own_time(ready, lives)

    def it_goes_again(self, ready: Document) -> None:
        self.screen.title(f"15  DELETE /environments/{NAME}: in reverse, until nothing is left")
        ids = self.witness.stacks(NAME)
        self.same("a protected environment is not deleted", self.api.delete(self._path).status, 409)
        self.found(self.api.patch(self._path, {"deletion_protection": False}))
        self.found(self.api.delete(self._path), 202)
        gone = self.screen.watch(
            lambda: self._retiring(ready),
            lambda found: found["status"] != "RETIRING",
            PATIENCE_SECONDS,
            EnvironmentView(),
        )
        self.same("the environment is retired", gone["status"], "RETIRED")
        deletions = {name: self.witness.deletion(stack_id) for name, stack_id in ids.items()}
        deletions[PREPARE_DATABASE] = Life(0, 0)  # a step leaves nothing to delete
        too_early = out_of_order(PLAIN.reversed(), deletions)
        too_early = [line for line in too_early if not line.startswith(PREPARE_DATABASE)]
        self.same("stacks deleted before their dependents were gone", too_early, [])
        kept = gone.get("kept", [])
        self.same("database snapshots kept on purpose", sum(one["kind"] == "snapshot" for one in kept), 1)
        left = set(self.witness.tagged(ready["id"])) - {one["arn"] for one in kept}
        self.same("other resources left with the environment's tag", sorted(left), [])
        self.same("anything left in the services themselves", self.witness.belongings(NAME), [])
        self.same("dead letters of the control plane", self.witness.dead_letters(), 0)

    def _our_own_time(self, ready: Document, lives: dict[str, Life]) -> None:
        legs = critical_path(PLAIN, lives, self.requests)
        checks = moment(ready["updated_at"]) - max(life.stood for life in lives.values())
        scale = self.connection.time_scale
        own = (sum(leg.lag for leg in legs) + checks) / scale
        published = self.witness.typical_seconds(ready["gateway_version"], PRESETS[ready["preset"]])
        typical = sum(published.get(leg.node, 0.0) for leg in legs)
        for leg in legs:
            self.screen.say(f"  {leg.node:<18} {leg.lag / scale:5.2f} s until its creation began")
        self.screen.say(f"  {'checks':<18} {checks / scale:5.2f} s until READY")
        self.screen.say(f"  ours {own:.1f} s, unscaled; the cloud's typical durations {clock(typical)}")
        self.at_most("the control plane's own share of the critical path", 100 * own / typical, 5, " %")

    def _it_failed_early(self, failed: Document) -> None:
        events = self.witness.events(self.witness.stacks(NAME)[FAILING_STACK])
        broke = next(
            (e.at for e in events if e.status == "CREATE_FAILED" and e.resource == FAILING_RESOURCE), 0.0
        )
        late = (moment(failed["updated_at"]) - broke) / self.connection.time_scale
        self.at_most("seconds (unscaled) from the resource's failure to FAILED", late, 15, " s")
        unfinished = [
            s for s, status in self.witness.statuses(NAME).items() if status == "CREATE_IN_PROGRESS"
        ]
        self.at_least("FAILED did not wait for stacks still in the making", len(unfinished), 1, " stacks")

    def _post(self, key: str) -> Document:
        document = self.found(self.api.post("/environments", REQUEST, idempotency_key=key), 202)
        self.requests.append(moment(document["updated_at"]))
        return document

    def _watch(self, until: Callable[[Document], bool]) -> Document:
        return self.screen.watch(
            lambda: self.found(self.api.get(f"/environments/{NAME}")),
            until,
            PATIENCE_SECONDS,
            EnvironmentView(),
        )

    @property
    def _path(self) -> str:
        return f"/environments/{NAME}"

    def _retiring(self, last: Document) -> Document:
        """The environment on its way out; once nobody holds its name, it is retired."""
        answer = self.api.get(f"/environments/{NAME}")
        if answer.status == 404:
            return {**last, "status": "RETIRED", "progress": 1.0, "eta_seconds": 0, "stacks": []}
        return self.found(answer)

    def _last_change(self, stack_id: str) -> float:
        return max(event.at for event in self.witness.events(stack_id))
