"""How do other programs report payments and evidence, ask for answers, and hear of changes? The HTTP door."""
