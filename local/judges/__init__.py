"""Programs that are not ours, run for real with the gateway's configuration, and the world they are shown."""
