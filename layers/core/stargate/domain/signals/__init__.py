"""What AWS tells of a running gateway, in our words: one file per source, each a table and a reader."""
