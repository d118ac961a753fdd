"""The main job, told live: `python -m local.demo`.

It starts the local cloud, deploys the control plane with the real `sam`, tells one story through the API,
and believes nothing that the API says of itself: what stands, when it was made and what is left is asked
of the cloud. What it measured, beside what was asked, goes to out/demo/report.json.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
