"""The playbook as a document: what an operator reads and edits, held against everything that it may name."""
