"""What the documents say is what is there."""

import re
from pathlib import Path

import pytest

from stargate.domain.gateway.graph import GATEWAY, MIRROR_IMAGES, PREPARE_DATABASE

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document):
    """Each relative link of a document names a file of the project."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if not target.startswith("http")]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_the_drawn_graph_is_the_graph():
    """The picture in docs/architecture.md has the needs that provisioning follows."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = re.findall(r"^ +([a-z-]+) --> ([a-z-]+)(?:\{\{([a-z-]+)\}\})?$", text, re.MULTILINE)
    drawn = {(_named(need), _named(node)) for need, node, _ in lines}
    assert drawn == {(need, node.name) for node in GATEWAY.nodes for need in node.needs}


def _named(label):
    return {"prepare": PREPARE_DATABASE, "mirror": MIRROR_IMAGES}.get(label, label)


def test_every_decision_is_listed():
    """The index of decisions has them all."""
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    written = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    assert re.findall(r"\((0[^)]+)\)", index) == written


def test_rooms_of_the_readme_exist():
    """Each room in the README's table of rooms is there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("## Where things are")[1]
    rooms = [name for row in re.findall(r"^\| (`.+?) \|", readme, re.MULTILINE) for name in row.split(", ")]
    assert [room for room in rooms if not (ROOT / room.strip("`")).exists()] == []
