"""What preflight looks at before anything is made: each module tells the faults of one matter, in words."""
