"""How a gateway comes to stand: what is refused beforehand, each node's next move, progress, plans."""
