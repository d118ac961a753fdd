"""The benchmark of scaling: real and made traffic against autoscalers, in one fast model of the gateway."""
