"""The local cloud: MiniStack plus what it lacks, on one compressed clock."""
