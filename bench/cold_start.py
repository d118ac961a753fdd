"""What a cold start pays for our code: each handler's import against a bare boto3 with one client.

Every sample is a fresh process with the path of a Lambda: the function's folder, the two layers, then what
the runtime brings itself. All subjects take turns, so a busy machine slows each of them alike, and a ratio
is taken within one turn, so that it compares neighbours in time. The first turn only writes bytecode.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "out" / "bench" / "cold_start.json"
TURNS = 9
BOUND = 1.25
UNBOUNDED = frozenset({"api"})  # it carries the router and the validator
BARE = "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
TIMED = """
import sys, time
began = time.perf_counter()
{code}
sys.stdout.write(repr(time.perf_counter() - began))
"""


@dataclass(frozen=True)
class Subject:
    name: str
    code: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    function: str
    milliseconds: float
    ratio: float
    bound: float | None

    @property
    def ok(self) -> bool:
        return self.bound is None or self.ratio <= self.bound


class BenchError(Exception):
    """A subject could not be measured."""


def run() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        dependencies = _dependencies_layer(Path(folder))
        bare = Subject("bare boto3", BARE, _environment(dependencies, {}))
        functions = _functions(dependencies)
        samples = _take_turns([bare, *functions])
    results = [_result(function.name, samples[function.name], samples[bare.name]) for function in functions]
    _print(statistics.median(samples[bare.name]), results)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "turns": TURNS,
        "bare_milliseconds": round(1000 * statistics.median(samples[bare.name]), 1),
        "functions": [{**asdict(result), "ok": result.ok} for result in results],
    }
    RESULT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return bool(results) and all(result.ok for result in results)


def _take_turns(subjects: list[Subject]) -> dict[str, list[float]]:
    for subject in subjects:
        _seconds(subject)
    turns = [{subject.name: _seconds(subject) for subject in subjects} for _ in range(TURNS)]
    return {subject.name: [turn[subject.name] for turn in turns] for subject in subjects}


def _seconds(subject: Subject) -> float:
    child = subprocess.run(
        [sys.executable, "-c", TIMED.format(code=subject.code)],
        env=dict(subject.environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if child.returncode:
        raise BenchError(f"{subject.name}: {child.stderr.strip().splitlines()[-1]}")
    return float(child.stdout)


def _result(name: str, samples: list[float], bare: list[float]) -> Result:
    ratio = statistics.median(own / base for own, base in zip(samples, bare, strict=True))
    bound = None if name in UNBOUNDED else BOUND
    return Result(name, round(1000 * statistics.median(samples), 1), round(ratio, 3), bound)


def _print(bare: float, results: list[Result]) -> None:
    print(f"import of each handler against `{BARE}`: {1000 * bare:.0f} ms, median of {TURNS} turns")
    for result in sorted(results, key=lambda result: -result.ratio):
        bound = "no bound" if result.bound is None else f"at most {result.bound}"
        verdict = "held" if result.ok else "BROKE"
        line = f"  {result.function:<22}{result.milliseconds:7.0f} ms  {result.ratio:5.2f} times  ({bound})"
        print(f"{line}  {verdict}")


def _functions(dependencies: Path) -> list[Subject]:
    template = yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), _TemplateLoader)  # noqa: S506
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    subjects = []
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        folder = ROOT / properties["CodeUri"]
        variables = {**shared, **properties.get("Environment", {}).get("Variables", {})}
        environment = _environment(dependencies, variables, folder)
        subjects.append(Subject(folder.name, "import handler", environment))
    return sorted(subjects, key=lambda subject: subject.name)


def _environment(dependencies: Path, variables: Mapping[str, Any], *folders: Path) -> dict[str, str]:
    path = [*folders, ROOT / "layers" / "core", dependencies]
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(str(entry) for entry in path),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": str(ROOT),
        **{name: value if isinstance(value, str) else "none" for name, value in variables.items()},
    }


def _dependencies_layer(folder: Path) -> Path:
    """Put the dependencies layer together for this interpreter, with its bytecode."""
    requirements = ROOT / "layers" / "dependencies" / "requirements.txt"
    options = ["--quiet", "--no-deps", "--require-hashes", "--compile-bytecode", "--python", sys.executable]
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", *options, "--target", folder, "-r", requirements],
        check=True,
    )
    return folder


class _TemplateLoader(yaml.SafeLoader):
    """Read a CloudFormation template, taking what an intrinsic function would give as unknown."""


_TemplateLoader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)
