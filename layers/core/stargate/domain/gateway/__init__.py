"""What a gateway is made of: its parts and their needs, presets, parameters, and what each part answers."""
