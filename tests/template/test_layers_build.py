"""What `sam build` runs for the layers, run as SAM runs it: compiled packages fit whoever imports them."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.template.control_plane import GLOBALS, PROJECT, of_type

SMALL = (
    20_000_000  # bytes, with bytecode; a bundle of chalice from PyPI is 52 MB, most of it the runtime's own
)


def build(layer: str, target: str, artifacts, interpreter: str = ""):
    """Run the layer's makefile; without an interpreter as for AWS."""
    environment = {key: value for key, value in os.environ.items() if key != "STARGATE_INTERPRETER"}
    environment |= {"ARTIFACTS_DIR": str(artifacts)} | (
        {"STARGATE_INTERPRETER": interpreter} if interpreter else {}
    )
    folder = PROJECT / "layers" / layer
    ran = subprocess.run(
        ["make", f"build-{target}"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return artifacts / "python"


@pytest.fixture(scope="module")
def for_aws(tmp_path_factory):
    return build("dependencies", "DependenciesLayer", tmp_path_factory.mktemp("aws"))


@pytest.fixture(scope="module")
def for_here(tmp_path_factory):
    return build("dependencies", "DependenciesLayer", tmp_path_factory.mktemp("here"), sys.executable)


def test_on_aws_they_fit_the_lambda_runtime(for_aws):
    """Built by whatever Python this machine has, every compiled module is one of the template's runtime."""
    version = GLOBALS["Runtime"].removeprefix("python").replace(".", "")
    compiled = [path.name for path in for_aws.rglob("*.so")]
    assert compiled
    assert [name for name in compiled if f".cpython-{version}-x86_64-linux-gnu.so" not in name] == []
    assert GLOBALS["Architectures"] == ["x86_64"]


def test_here_they_fit_the_interpreter_that_runs_the_local_cloud(for_here):
    """MiniStack runs every Python function with its own interpreter, whatever `Runtime` says."""
    tag = sys.implementation.cache_tag
    compiled = [path.name for path in for_here.rglob("*.so")]
    assert compiled
    assert [name for name in compiled if tag not in name] == []


def test_here_bytecode_is_made_beforehand(for_here):
    """No cold start has to compile."""
    assert list(for_here.rglob(f"chalice/__pycache__/app.{sys.implementation.cache_tag}.pyc"))


def test_the_runtimes_own_packages_are_left_out(for_aws, for_here):
    """The SDK comes with the runtime; pip and setuptools are never needed there."""
    top = {path.name for path in for_aws.iterdir()}
    assert {"chalice", "aws_lambda_powertools"} <= top
    assert not {"boto3", "botocore", "pip", "setuptools", "bin"} & top
    assert sum(path.stat().st_size for path in for_here.rglob("*") if path.is_file()) < SMALL


def test_the_core_layer_is_our_package_and_nothing_else(tmp_path):
    """No caches and nothing of the machine that built it."""
    python = build("core", "CoreLayer", tmp_path)
    assert [path.name for path in python.iterdir()] == ["stargate"]
    assert list(python.rglob("*.pyc")) == []
    sources = {
        path.relative_to(PROJECT / "layers/core") for path in (PROJECT / "layers/core/stargate").rglob("*.py")
    }
    assert {path.relative_to(python) for path in python.rglob("*.py")} == sources


def test_every_layer_is_built_by_a_makefile():
    """SAM's own Python builder would need a Python of the runtime's version on PATH."""
    text = (PROJECT / "template.yaml").read_text()
    assert len(of_type("AWS::Serverless::LayerVersion")) == 3
    assert len(re.findall(r"Metadata: \{BuildMethod: makefile\}", text)) == 3
